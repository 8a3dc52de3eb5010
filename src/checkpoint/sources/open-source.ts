import { abortable } from "../../abortable";
import { checkOptions, expectFunction, expectSignal, expectString, wrongKind } from "../../checks";
import type { Signal, Url } from "../../platform";
import { parseJson } from "../json/parse-json";
import { checkFileName, missing } from "../model-file";
import type { OnProgress } from "../progress";
import { directoryAccess } from "./directory";
import type { Access, FileParts, Found } from "./file-parts";
import { type FileReader, readerAccess } from "./reader";
import { isUrl, parseUrl, urlAccess } from "./url";

/** A directory path (Node, Deno, Bun; in a page, relative to it), an http(s) or file URL, or an object that reads. */
export type Source = string | Url | FileReader;

/** A model directory whose files can be read by name. */
export interface OpenedSource {
  /** The name of the directory in errors. */
  readonly name: string;
  /** Aborts every read. */
  readonly signal: Signal | undefined;
  /** @throws FormatError if the file is missing or its name leads out of the directory */
  read(file: string, onProgress?: OnProgress): Promise<Uint8Array>;
  /** Undefined if the file is missing. */
  readOptional(file: string, onProgress?: OnProgress): Promise<Uint8Array | undefined>;
  /** Opens a file to read it in parts; undefined if it is missing. Close it when done. */
  openOptional(file: string, onProgress?: OnProgress): Promise<FileParts | undefined>;
  /** Whether the file exists; only an object that reads has to read it. */
  holds(file: string): Promise<boolean>;
  /** @throws FormatError if the file is missing or invalid JSON, with line and column */
  readJson(file: string): Promise<unknown>;
  /** Undefined if the file is missing. @throws FormatError if it is invalid JSON */
  readOptionalJson(file: string, onProgress?: OnProgress): Promise<unknown>;
  /**
   * Whether all opened files are unchanged. If not, another model was saved in the meantime, and the data read so far
   * may mix both. Always true for a URL or an object, where it is unknown.
   */
  unchanged(): Promise<boolean>;
}

/** Options of `openSource`. */
export interface OpenOptions {
  /**
   * Aborts every read with the signal's reason, even one that never settles. A server or reader may never answer:
   * `AbortSignal.timeout(60_000)` bounds the wait.
   */
  signal?: Signal | undefined;
}

/**
 * Opens a model directory without reading anything yet.
 *
 * @throws TypeError if `source` is not a Source, and for unknown options
 * @throws RangeError for a URL that is not http, https or file
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
  return openFor("openSource", source, options);
}

/** Opens a source for a function of the library, which errors name. */
export async function openFor(where: string, source: Source, { signal }: OpenOptions): Promise<OpenedSource> {
  signal?.throwIfAborted();
  const access = await accessTo(where, source);
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
    if (found.parts === undefined)
      throw (await missing(signal, `${name}/${file}`)).missingFile(name, file, found.cause);
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

async function accessTo(where: string, source: Source): Promise<Access> {
  if (source === "") throw new RangeError(`${where}: the source is an empty string; use "." for the current directory`);
  if (typeof source === "string") {
    if (source.includes("\0"))
      throw new RangeError(`${where}: the source has a NUL character, which paths cannot contain`);
    const isPath = !isUrl(source) && hasFileSystem();
    return isPath ? directoryAccess(source) : urlAccess(where, parseUrl(where, source, globalThis.location?.href));
  }
  if (source instanceof URL) return urlAccess(where, source);
  if (typeof source === "object" && source !== null && typeof source.read === "function")
    return readerAccess(where, source);
  throw wrongKind(where, "source", "a directory path, a URL, or an object with read(name)", source);
}

/** True in Node, Deno and Bun. */
const hasFileSystem = () => typeof process !== "undefined" && process.versions?.node !== undefined;
