import { abortable } from "../../abortable";
import { builtin } from "../../builtin";
import {
  arrayOf,
  type Checks,
  checkOptions,
  expectFunction,
  expectSignal,
  expectString,
  wrongKind,
} from "../../checks";
import { FormatError } from "../../errors";
import type { Signal, Url } from "../../platform";
import { isBytes } from "../bytes";
import { checkFileName } from "../model-file";
import { quote } from "../quote";
import { isUrl, parseUrl, pathOf } from "../sources/url";
import { withOwner } from "./owner";
import { WORK } from "./paths";
import { saveFiles } from "./save-files";
import { type FileContent, partsOf } from "./stage";

/** An object that writes files by name. */
export interface FileWriter {
  /** Takes the whole content of a file. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A directory path, created if missing, a file URL, or an object that writes. */
export type Target = string | Url | FileWriter;

/** Options of `writeDirectory`. */
export interface WriteOptions {
  /** Aborts with the signal's reason; the directory stays unchanged. */
  signal?: Signal | undefined;
  /**
   * Whether to remove another file of the directory in the same step, by its name: for parts of an older model that the
   * new files do not replace. No files if omitted. Ignored if the target is an object that writes.
   */
  remove?: ((file: string) => boolean) | undefined;
  /** Folders whose files, as `folder/file`, are also passed to `remove`. None if omitted. */
  removeIn?: readonly string[] | undefined;
}

const optionChecks: Checks<WriteOptions> = {
  signal: expectSignal,
  remove: expectFunction,
  removeIn: arrayOf(expectString, "an array of folder names"),
};

/**
 * Writes all files in one step. They are written next to those of the directory and exchanged together: readers see the
 * old files or the new ones, even after a failure, a full disk or a killed process, and if two writers compete, one
 * wins with all of its files. The next write removes the remains of a killed process. Other files of the directory
 * stay.
 *
 * Without symbolic or hard links (Windows, some network drives), a process killed during the exchange, which takes
 * milliseconds, leaves a directory that this library reads as new and that has no config.json for other programs. The
 * next write completes it.
 *
 * An object that writes gets the files one by one.
 *
 * @param files by name; a file is a Uint8Array or a sync or async iterable of its parts
 * @throws TypeError for a target, files or options of the wrong kind
 * @throws FormatError for a file name that leads out of the directory
 * @throws Error that names the file if the file system fails
 * @example
 * ```ts
 * import { writeDirectory } from "transformer-blocks/checkpoint";
 * await writeDirectory("./my-model", new Map([["config.json", new TextEncoder().encode("{}")]]));
 * ```
 */
export async function writeDirectory(
  target: Target,
  files: ReadonlyMap<string, FileContent>,
  options: WriteOptions = {},
): Promise<void> {
  checkOptions("writeDirectory", options, optionChecks);
  checkFiles(target, files);
  options.signal?.throwIfAborted();
  if (target === "")
    throw new RangeError('writeDirectory: the target is an empty string; use "." for the current directory');
  if (typeof target === "string") {
    return isUrl(target)
      ? writeDirectory(parseUrl("writeDirectory", target), files, options)
      : writeFiles(target, files, options);
  }
  if (target instanceof URL) {
    if (target.protocol !== "file:") throw new RangeError(`writeDirectory: the URL ${target} must begin with file:`);
    return writeFiles(await pathOf("writeDirectory", target), files, options);
  }
  if (typeof target !== "object" || target === null || typeof target.write !== "function") {
    throw wrongKind("writeDirectory", "target", "a directory path, a file URL, or an object with write", target);
  }
  for (const [file, content] of files) {
    const bytes = await joined(content, file, options.signal);
    await abortable(options.signal, async () => target.write(file, bytes));
  }
}

function checkFiles(target: Target, files: ReadonlyMap<string, FileContent>): void {
  if (typeof files?.entries !== "function" || typeof files.has !== "function")
    throw wrongKind("writeDirectory", "files", "a Map from names to bytes", files);
  for (const [file, content] of files) {
    expectString("writeDirectory", "the name of each file", file);
    const directory = typeof target === "object" && !(target instanceof URL) ? "target" : String(target);
    checkFileName(directory, file);
    if (file.startsWith(WORK))
      throw new FormatError({
        file: directory,
        at: "file name",
        found: quote(file),
        expected: `another name: ${WORK} is reserved for saves in progress`,
      });
    if (!isBytes(content) && !isIterable(content))
      throw wrongKind("writeDirectory", file, "a Uint8Array or an iterable of them", content);
  }
}

const isIterable = (value: unknown) =>
  typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

async function writeFiles(
  directory: string,
  files: ReadonlyMap<string, FileContent>,
  options: WriteOptions,
): Promise<void> {
  const fs = await builtin("node:fs");
  const { hostname } = await builtin("node:os");
  const { resolve, sep } = await builtin("node:path");
  const { randomBytes } = await builtin("node:crypto");
  // Absolute, in case the process changes its directory later.
  const path = resolve(directory).split(sep).join("/");
  const name = () => randomBytes(6).toString("hex");
  await withOwner(hostname(), name, (owner) => saveFiles(fs, path, files, owner, options));
}

async function joined(content: FileContent, file: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (isBytes(content)) return content;
  const parts: Uint8Array[] = [];
  for await (const part of partsOf(content, file, signal)) parts.push(part);
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
