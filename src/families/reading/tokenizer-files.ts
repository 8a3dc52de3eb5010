import type { Tokenizer } from "../../tokenizer";

export const FILE = "tokenizer.json";
const CONFIG = "tokenizer_config.json";

/** Placeholders for tokenizers that a directory does not have. */
export const missing = new WeakSet<Tokenizer>();

/** The serialized tokenizer; nothing if there is none. */
export function tokenizerFiles(tokenizer: Tokenizer | undefined): [file: string, json: object][] {
  if (tokenizer === undefined || missing.has(tokenizer)) return [];
  const special = Object.entries(tokenizer.special).map(([role, id]) => [`${role}_token`, tokenizer.idToToken(id)]);
  return [
    [FILE, tokenizer.toJson()],
    [CONFIG, { tokenizer_class: "PreTrainedTokenizerFast", ...Object.fromEntries(special), ...tokenizer.config }],
  ];
}
