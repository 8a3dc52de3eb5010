import { builtin } from "../builtin";
import { fetchFile } from "./fetch-file";
import { parseJson } from "./json";
import { checkFileName, missingFile } from "./model-file";
import type { OnProgress } from "./progress";

/** A directory of files that somebody else reads: `read` rejects, or gives undefined, where there is no such file. */
export interface FileReader {
  read(name: string): Promise<Uint8Array | undefined>;
}

/** A directory path (Node, Deno, Bun; in a page, relative to it), an http(s) or file URL, or an object that reads. */
export type Source = string | URL | FileReader;

/** A model directory whose files can be read by name. */
export interface OpenedSource {
  /** The directory as errors name it. */
  readonly name: string;
  /** @throws FormatError where the file is missing or its name leads out of the directory */
  read(file: string, onProgress?: OnProgress): Promise<Uint8Array>;
  /** Undefined where the file is missing. */
  readOptional(file: string, onProgress?: OnProgress): Promise<Uint8Array | undefined>;
  /** @throws FormatError where the file is missing or no JSON, with line and column */
  readJson(file: string): Promise<unknown>;
  /** Undefined where the file is missing. @throws FormatError where it is no JSON */
  readOptionalJson(file: string, onProgress?: OnProgress): Promise<unknown>;
}

/** Reads one file; undefined, or a rejection that `isMissing` recognises, where there is none. */
interface Access {
  name: string;
  read(file: string, onProgress?: OnProgress): Promise<Uint8Array | undefined>;
  isMissing(error: unknown): boolean;
}

/**
 * Opens a model directory; nothing is read yet.
 *
 * @throws TypeError for anything that is no Source
 * @throws RangeError for a URL that is neither http, https nor file
 * @example
 * ```ts
 * import { openSource } from "transformer-blocks/checkpoint";
 * const files = new Map([["config.json", new TextEncoder().encode('{ "model_type": "llama" }')]]);
 * const opened = await openSource({ read: async (name) => files.get(name) });
 * await opened.readJson("config.json"); // { "model_type": "llama" }
 * ```
 */
export async function openSource(source: Source): Promise<OpenedSource> {
  const access = await accessTo(source);
  const find = async (file: string, onProgress?: OnProgress): Promise<{ bytes?: Uint8Array; cause?: unknown }> => {
    checkFileName(access.name, file);
    try {
      const bytes = await access.read(file, onProgress);
      return bytes === undefined ? {} : { bytes };
    } catch (error) {
      if (access.isMissing(error)) return { cause: error };
      throw error;
    }
  };
  const read = async (file: string, onProgress?: OnProgress): Promise<Uint8Array> => {
    const { bytes, cause } = await find(file, onProgress);
    if (bytes === undefined) throw missingFile(access.name, file, cause);
    return bytes;
  };
  return {
    name: access.name,
    read,
    readOptional: async (file, onProgress) => (await find(file, onProgress)).bytes,
    readJson: async (file) => parseJson(await read(file), `${access.name}/${file}`),
    readOptionalJson: async (file, onProgress) => {
      const { bytes } = await find(file, onProgress);
      return bytes && parseJson(bytes, `${access.name}/${file}`);
    },
  };
}

async function accessTo(source: Source): Promise<Access> {
  if (typeof source === "string") {
    if (/^(https?|file):\/\//i.test(source)) return urlAccess(new URL(source));
    return hasFileSystem() ? directoryAccess(source) : urlAccess(new URL(source, globalThis.location?.href));
  }
  if (source instanceof URL) return urlAccess(source);
  if (typeof source === "object" && source !== null && typeof source.read === "function") return readerAccess(source);
  throw new TypeError("openSource: the source must be a directory path, a URL, or an object with read(name)");
}

/** Deno and Bun have this field as well. */
const hasFileSystem = () => typeof process !== "undefined" && process.versions?.node !== undefined;

async function urlAccess(url: URL): Promise<Access> {
  if (url.protocol === "file:") {
    const { fileURLToPath } = await builtin("node:url");
    return directoryAccess(fileURLToPath(url));
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RangeError(`openSource: the URL ${url} must begin with http:, https: or file:`);
  }
  // Without its query, which may hold a signature.
  const name = `${url.origin}${url.pathname}`.replace(/\/$/, "");
  return { name, read: (file, onProgress) => fetchFile(url, file, onProgress), isMissing: () => false };
}

async function directoryAccess(path: string): Promise<Access> {
  const { readFile } = await builtin("node:fs/promises");
  const { join } = await builtin("node:path");
  return {
    name: path,
    read: async (file, onProgress) => reported(file, await readFile(join(path, file)), onProgress),
    isMissing: (error) =>
      error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"),
  };
}

function readerAccess(reader: FileReader): Access {
  return {
    name: "source",
    read: async (file, onProgress) => {
      const bytes = await reader.read(file);
      if (bytes !== undefined && !(bytes instanceof Uint8Array)) {
        throw new TypeError(`openSource: read("${file}") must give a Uint8Array`);
      }
      return bytes === undefined ? undefined : reported(file, bytes, onProgress);
    },
    // A TypeError is a mistake in the reader, or a failed fetch; any other rejection says that there is no such file.
    isMissing: (error) => !(error instanceof TypeError),
  };
}

function reported(file: string, bytes: Uint8Array, onProgress?: OnProgress): Uint8Array {
  onProgress?.({ file, loaded: bytes.length, total: bytes.length });
  return bytes;
}
