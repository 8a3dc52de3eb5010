import type { OpenedSource } from "../checkpoint";
import { parseJson } from "../checkpoint/json";
import type { OnProgress } from "../checkpoint/progress";
import { FormatError } from "../errors";
import { characterTokenizer, Tokenizer, tokenizerFromJson } from "../tokenizer";
import { isObject } from "./config-fields";

const FILE = "tokenizer.json";
const CONFIG = "tokenizer_config.json";
const roles = ["pad", "bos", "eos", "unk", "mask", "cls", "sep"] as const;

const missing = new WeakSet<Tokenizer>();

/** Stands in where there is no tokenizer.json: the model still loads, and any use of the tokenizer says what is missing. */
function missingTokenizer(directory: string): Tokenizer {
  const tokenizer = new Proxy(characterTokenizer([]), {
    get(stand, property) {
      const used = property === "special" || Object.hasOwn(Tokenizer.prototype, property);
      if (!used || property === "constructor") return Reflect.get(stand, property);
      const expected = "it there, as this model's texts need it";
      throw new FormatError({ file: directory, at: FILE, found: "no such file", expected });
    },
  });
  missing.add(tokenizer);
  return tokenizer;
}

/** The tokenizer of a model directory. */
export async function readTokenizer(
  opened: OpenedSource,
  config: Uint8Array | undefined,
  onProgress?: OnProgress,
): Promise<Tokenizer> {
  const bytes = await opened.readOptional(FILE, onProgress);
  if (bytes === undefined) return missingTokenizer(opened.name);
  const settings = config === undefined ? {} : parseJson(config, `${opened.name}/${CONFIG}`);
  const json = parseJson(bytes, `${opened.name}/${FILE}`);
  for (const [file, found] of [
    [FILE, json],
    [CONFIG, settings],
  ] as const)
    if (!isObject(found))
      throw new FormatError({ file: `${opened.name}/${file}`, found: "another kind of JSON", expected: "an object" });
  return tokenizerFromJson(json as object, settings as object);
}

/** What a tokenizer is written as; nothing if there was none to read. */
export function tokenizerFiles(tokenizer: Tokenizer | undefined): [file: string, json: object][] {
  if (tokenizer === undefined || missing.has(tokenizer)) return [];
  if (!(tokenizer instanceof Tokenizer)) throw new TypeError("savePretrained: tokenizer must be a Tokenizer");
  const special = roles.flatMap((role) => {
    const id = tokenizer.special[role];
    return id === undefined ? [] : [[`${role}_token`, tokenizer.idToToken(id)] as const];
  });
  return [
    [FILE, tokenizer.toJson()],
    [CONFIG, { tokenizer_class: "PreTrainedTokenizerFast", ...Object.fromEntries(special) }],
  ];
}
