import { checkOptions, expectFunction, expectSignal, expectString, wrongKind } from "../../checks";
import type { Signal, Url } from "../../platform";
import { abortable } from "../abortable";
import { parseJson } from "../json/parse-json";
import { checkFileName, missingFile } from "../model-file";
import type { OnProgress } from "../progress";
import { directoryAccess } from "./directory";
import type { Access, FileParts, Found } from "./file-parts";
import { type FileReader, readerAccess } from "./reader";
import { isUrl, parseUrl, urlAccess } from "./url";

/** A directory path (Node, Deno, Bun; in a page, relative to it), an http(s) or file URL, or an object that reads. */
export type Source = string | Url | FileReader;

/** A model directory whose files can be read by name. */
export interface OpenedSource {
  /** The directory as errors name it. */
  readonly name: string;
  /** Ends every read. */
  readonly signal: Signal | undefined;
  /** @throws FormatError where the file is missing or its name leads out of the directory */
  read(file: string, onProgress?: OnProgress): Promise<Uint8Array>;
  /** Undefined where the file is missing. */
  readOptional(file: string, onProgress?: OnProgress): Promise<Uint8Array | undefined>;
  /** Opens a file to read it in parts; undefined where it is missing. Close it in the end. */
  openOptional(file: string, onProgress?: OnProgress): Promise<FileParts | undefined>;
  /** Whether the file is there; it is not read, except by an object that reads. */
  holds(file: string): Promise<boolean>;
  /** @throws FormatError where the file is missing or no JSON, with line and column */
  readJson(file: string): Promise<unknown>;
  /** Undefined where the file is missing. @throws FormatError where it is no JSON */
  readOptionalJson(file: string, onProgress?: OnProgress): Promise<unknown>;
  /**
   * Whether all files that were opened are still the same: otherwise somebody has saved another model meanwhile, and what
   * was read may be parts of both. True for a URL and an object, of which that is not known.
   */
  unchanged(): Promise<boolean>;
}

export interface OpenOptions {
  /**
   * Ends every read with the signal's reason, also one that never settles. A server or a reader may be silent for good:
   * `AbortSignal.timeout(60_000)` bounds the wait.
   */
  signal?: Signal | undefined;
}

/**
 * Opens a model directory; nothing is read yet.
 *
 * @throws TypeError for anything that is no Source, and for unknown options
 * @throws RangeError for a URL that is neither http, https nor file
 * @example
 * ```ts
 * import { openSource } from "transformer-blocks/checkpoint";
 * const files = new Map([["config.json", new TextEncoder().encode('{ "model_type": "llama" }')]]);
 * const opened = await openSource({ read: async (name) => files.get(name) });
 * await opened.readJson("config.json"); // { "model_type": "llama" }
 * ```
 */
export async function openSource(source: Source, options: OpenOptions = {}): Promise<OpenedSource> {
  checkOptions<OpenOptions>("openSource", options, { signal: expectSignal });
  const { signal } = options;
  signal?.throwIfAborted();
  const access = await accessTo(source);
  const { name } = access;
  const find = async (file: string, onProgress: OnProgress | undefined): Promise<Found> => {
    expectString("read", "file", file);
    if (onProgress !== undefined) expectFunction("read", "onProgress", onProgress);
    checkFileName(name, file);
    return access.open(file, { onProgress, signal });
  };
  const openOptional = async (file: string, onProgress?: OnProgress) => (await find(file, onProgress)).parts;
  const readOptional = async (file: string, onProgress?: OnProgress) => {
    const parts = await openOptional(file, onProgress);
    return parts && readWhole(parts);
  };
  const read = async (file: string, onProgress?: OnProgress): Promise<Uint8Array> => {
    const found = await find(file, onProgress);
    if (found.parts === undefined) throw missingFile(name, file, found.cause);
    return readWhole(found.parts);
  };
  return {
    name,
    signal,
    read,
    readOptional,
    openOptional,
    holds: async (file) => {
      expectString("holds", "file", file);
      checkFileName(name, file);
      return access.holds(file, signal);
    },
    unchanged: () => abortable(signal, async () => (await access.unchanged?.(signal)) ?? true),
    readJson: async (file) => parseJson(await read(file), `${name}/${file}`),
    readOptionalJson: async (file, onProgress) => {
      const bytes = await readOptional(file, onProgress);
      return bytes && parseJson(bytes, `${name}/${file}`);
    },
  };
}

async function readWhole(parts: FileParts): Promise<Uint8Array> {
  try {
    return await parts.read(0, parts.size);
  } finally {
    await parts.close();
  }
}

async function accessTo(source: Source): Promise<Access> {
  if (source === "") throw new RangeError('openSource: the source is an empty string; the present directory is "."');
  if (typeof source === "string") {
    if (source.includes("\0")) throw new RangeError("openSource: the source has a zero character, which no path has");
    const isPath = !isUrl(source) && hasFileSystem();
    return isPath ? directoryAccess(source) : urlAccess(parseUrl("openSource", source, globalThis.location?.href));
  }
  if (source instanceof URL) return urlAccess(source);
  if (typeof source === "object" && source !== null && typeof source.read === "function") return readerAccess(source);
  throw wrongKind("openSource", "source", "a directory path, a URL, or an object with read(name)", source);
}

/** Deno and Bun have this field as well. */
const hasFileSystem = () => typeof process !== "undefined" && process.versions?.node !== undefined;
