import { abortable } from "../../abortable";
import type { OnProgress, OpenedSource, Source } from "../../checkpoint";
import { isBytes, openFor, parseJson, parseUrl } from "../../checkpoint/internal";
import { checkOptions, expectFunction, expectSignal, wrongKind } from "../../checks";
import { FormatError } from "../../errors";
import { isRecord } from "../../fields";
import { loadLater } from "../../later";
import type { Signal } from "../../platform";
import { checkConfiguration, readLater } from "../json";
import type { Tokenizer } from "../pipeline";

import { tokenizerClass, withClassDefaults } from "./directory/class-of";
import { configuredJson } from "./directory/configured-json";
import { withLegacyFiles } from "./directory/legacy-files";

const FILE = "tokenizer.json";
const CONFIG = "tokenizer_config.json";

/** Options of `loadTokenizer`. */
export interface LoadTokenizerOptions {
  /**
   * Aborts loading with the signal's reason. A server may never answer: `AbortSignal.timeout(60_000)` limits the
   * wait.
   */
  signal?: Signal | undefined;
  /** Called as the bytes of tokenizer.json or of a GGUF file arrive. */
  onProgress?: OnProgress | undefined;
}

/**
 * The tokenizer of a model directory: its tokenizer.json with tokenizer_config.json, and special_tokens_map.json and
 * added_tokens.json if present. Without tokenizer.json it is read from tokenizer.model (or spiece.model,
 * sentencepiece.bpe.model, spm.model, sentencepiece.model), from vocab.json and merges.txt, from vocab.txt, or from
 * Marian's source.spm, target.spm and vocab.json. The tokenizer's class selects the files: `tokenizer_class` of
 * tokenizer_config.json or config.json, else the class for config.json's `model_type`. A path or URL that ends in
 * `.gguf` is a single file, whose embedded tokenizer is used.
 *
 * @param source a directory path (Node, Deno, Bun), a URL, or an object with `read(name)`
 * @throws FormatError that names a missing or malformed file, or an unsupported class
 * @example
 * ```ts
 * import { loadTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = await loadTokenizer("./examples/models/story");
 * tokenizer.decode(tokenizer.encode("Once upon a time").ids); // "Once upon a time"
 * ```
 */
export async function loadTokenizer(source: Source, options: LoadTokenizerOptions = {}): Promise<Tokenizer> {
  checkOptions<LoadTokenizerOptions>("loadTokenizer", options, { signal: expectSignal, onProgress: expectFunction });
  // The source ends what it reads when the signal says so, but an import goes on.
  return abortable(options.signal, () => loaded(source, options));
}

async function loaded(source: Source, { signal, onProgress }: LoadTokenizerOptions): Promise<Tokenizer> {
  const { directory, file } = ggufFile(source);
  const opened = await openFor("loadTokenizer", directory, { signal });
  if (file !== undefined)
    return (await loadLater("GGUF tokenizers", () => import("./gguf/read-file"))).readGgufTokenizer(
      opened,
      file,
      onProgress,
    );
  const tokenizer = await readTokenizer(opened, await opened.readOptional(CONFIG), onProgress);
  if (tokenizer !== undefined) return tokenizer;
  // Reading the missing file throws an error that shows where it was expected.
  await opened.readJson(FILE);
  throw new FormatError({ file: `${opened.name}/${FILE}`, found: "no file", expected: "a tokenizer" });
}

/** A GGUF file's directory and its name there; any other source unchanged. */
function ggufFile(source: Source): { directory: Source; file?: string } {
  if (typeof source === "string" && /^(https?|file):\/\//i.test(source))
    return ggufFile(parseUrl("loadTokenizer", source));
  const path = source instanceof URL ? source.pathname : source;
  const [, directory, file] = (typeof path === "string" && /^(.*[/\\])?([^/\\]+\.gguf)$/is.exec(path)) || [];
  if (file === undefined) return { directory: source };
  if (!(source instanceof URL)) return { directory: directory ?? ".", file };
  const parent = new URL(source);
  parent.pathname = directory as string;
  return { directory: parent, file: decoded(file, source) };
}

function decoded(file: string, { href }: URL): string {
  try {
    return decodeURIComponent(file);
  } catch (error) {
    const advice = "write %25 for a percent sign that is part of the name";
    throw new RangeError(`loadTokenizer: a percent sign in ${href} begins no character; ${advice}`, { cause: error });
  }
}

/** The tokenizer of an opened directory, given its tokenizer_config.json; undefined if there are no tokenizer files. */
export async function readTokenizer(
  opened: OpenedSource,
  config: Uint8Array | undefined,
  onProgress?: OnProgress,
): Promise<Tokenizer | undefined> {
  if (typeof opened?.readOptional !== "function")
    throw wrongKind("readTokenizer", "opened", "the result of openSource", opened);
  if (config !== undefined && !isBytes(config))
    throw wrongKind("readTokenizer", "config", "the bytes of tokenizer_config.json, a Uint8Array", config);
  if (onProgress !== undefined) expectFunction("readTokenizer", "onProgress", onProgress);
  try {
    return await readOpened(opened, config, onProgress);
  } catch (error) {
    if (!(error instanceof FormatError) || error.problem.file.startsWith(`${opened.name}/`)) throw error;
    // Readers of single files do not know where these lie.
    throw new FormatError({ ...error.problem, file: `${opened.name}/${error.problem.file}` });
  }
}

async function readOpened(
  opened: OpenedSource,
  config: Uint8Array | undefined,
  onProgress: OnProgress | undefined,
): Promise<Tokenizer | undefined> {
  const settings = config === undefined ? {} : parseJson(config, `${opened.name}/${CONFIG}`);
  const [given, model] = await Promise.all([
    withLegacyFiles(opened, expectObject(opened, CONFIG, settings)),
    opened.readOptionalJson("config.json"),
  ]);
  checkConfiguration(given);
  const className = await tokenizerClass(given, model);
  const configuration = withClassDefaults(given, className);
  const json = await opened.readOptionalJson(FILE, onProgress);
  if (json !== undefined) {
    const configured = configuredJson(expectObject(opened, FILE, json), configuration);
    return readLater(configured, given, configuration);
  }
  const { jsonFromFiles, marianTokenizer } = await loadLater(
    `${opened.name}, which has no ${FILE},`,
    () => import("./directory/without-json"),
  );
  const made = await jsonFromFiles(opened, configuration, className);
  if (made === undefined) return marianTokenizer(opened, configuration);
  return readLater(made.json, given, { ...configuration, ...made.roles });
}

function expectObject(opened: OpenedSource, name: string, value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new FormatError({ file: `${opened.name}/${name}`, found: "another kind of JSON", expected: "an object" });
}
