import { type OnProgress, type OpenedSource, openSource, type Source } from "../checkpoint";
import { parseJson } from "../checkpoint/json";
import { FormatError } from "../errors";
import { tokenizerFromJson } from "./from-json";
import type { Tokenizer } from "./tokenizer";

const FILE = "tokenizer.json";
const CONFIG = "tokenizer_config.json";

/**
 * The tokenizer of a model directory: its tokenizer.json, and tokenizer_config.json where there is one.
 *
 * @param source a directory path (Node, Deno, Bun), a URL, or an object with `read(name)`
 * @throws FormatError that names the file if one is missing or lies
 * @example
 * ```ts
 * import { loadTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = await loadTokenizer("./examples/models/story");
 * tokenizer.decode(tokenizer.encode("Once upon a time").ids); // "Once upon a time"
 * ```
 */
export async function loadTokenizer(source: Source): Promise<Tokenizer> {
  const opened = await openSource(source);
  const json = await opened.readJson(FILE);
  return tokenizerOf(opened, json, await opened.readOptional(CONFIG));
}

/** The tokenizer of an opened directory, given its tokenizer_config.json; nothing if it has no tokenizer.json. */
export async function readTokenizer(
  opened: OpenedSource,
  config: Uint8Array | undefined,
  onProgress?: OnProgress,
): Promise<Tokenizer | undefined> {
  const json = await opened.readOptionalJson(FILE, onProgress);
  return json === undefined ? undefined : tokenizerOf(opened, json, config);
}

function tokenizerOf(opened: OpenedSource, json: unknown, config: Uint8Array | undefined): Tokenizer {
  const settings = config === undefined ? {} : parseJson(config, `${opened.name}/${CONFIG}`);
  return tokenizerFromJson(expectObject(opened, FILE, json), expectObject(opened, CONFIG, settings));
}

function expectObject(opened: OpenedSource, name: string, value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new FormatError({ file: `${opened.name}/${name}`, found: "another kind of JSON", expected: "an object" });
}
