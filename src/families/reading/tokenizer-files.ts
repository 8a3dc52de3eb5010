import { FormatError } from "../../errors";
import { characterTokenizer, Tokenizer } from "../../tokenizer";

const FILE = "tokenizer.json";
const CONFIG = "tokenizer_config.json";

const missing = new WeakSet<Tokenizer>();

/** A placeholder if there is no tokenizer: the model still loads, and any use of the tokenizer throws. */
export function missingTokenizer(directory: string): Tokenizer {
  const tokenizer = new Proxy(characterTokenizer([]), {
    get(stand, property) {
      const used = property === "special" || Object.hasOwn(Tokenizer.prototype, property);
      if (!used || property === "constructor") return Reflect.get(stand, property);
      const expected = "the file, because encoding and decoding text needs it";
      throw new FormatError({ file: directory, at: FILE, found: "no such file", expected });
    },
  });
  missing.add(tokenizer);
  return tokenizer;
}

/** The serialized tokenizer; nothing if there is none. */
export function tokenizerFiles(tokenizer: Tokenizer | undefined): [file: string, json: object][] {
  if (tokenizer === undefined || missing.has(tokenizer)) return [];
  const special = Object.entries(tokenizer.special).map(([role, id]) => [`${role}_token`, tokenizer.idToToken(id)]);
  return [
    [FILE, tokenizer.toJson()],
    [CONFIG, { tokenizer_class: "PreTrainedTokenizerFast", ...Object.fromEntries(special), ...tokenizer.config }],
  ];
}
