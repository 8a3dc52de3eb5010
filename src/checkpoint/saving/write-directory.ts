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
import { abortable } from "../abortable";
import { isBytes } from "../bytes";
import { checkFileName } from "../model-file";
import { quote } from "../quote";
import { isUrl, parseUrl } from "../sources/url";
import { withOwner } from "./owner";
import { WORK } from "./paths";
import { saveFiles } from "./save-files";
import { type FileContent, partsOf } from "./stage";

/** Somewhere that files can be written to by name. */
export interface FileWriter {
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A directory path, made where it is missing, a file URL, or an object that writes. */
export type Target = string | Url | FileWriter;

export interface WriteOptions {
  /** Ends the writing with the signal's reason; the directory stays as it was. */
  signal?: Signal | undefined;
  /**
   * Says which other files of the directory itself go in the same step, by their names: parts of an older model that
   * the new files do not replace. None if omitted. An object that writes is not asked to remove anything.
   */
  remove?: ((file: string) => boolean) | undefined;
  /** Folders of the directory about whose files, as `folder/file`, `remove` is asked as well. None if omitted. */
  removeIn?: readonly string[] | undefined;
}

const optionChecks: Checks<WriteOptions> = {
  signal: expectSignal,
  remove: expectFunction,
  removeIn: arrayOf(expectString, "an array of names of folders"),
};

/**
 * Writes all files in one step. They are written beside those of the directory and exchanged whole: a reader sees the
 * old files or the new ones, also after a failure, a full disk or a killed process, and of two writers at once one wins
 * with all of its files. What a killed process left goes with the next write. Other files of the directory stay.
 *
 * Where the file system has no symbolic or hard links (Windows, some network drives), a process killed during the
 * exchange, which takes milliseconds, leaves a directory that this library reads as new and that has no config.json for
 * other programs. The next write finishes it.
 *
 * An object that writes gets the files one after the other.
 *
 * @param files by name; a file is a Uint8Array, or several that follow each other in an iterable, sync or async
 * @throws TypeError for a target, files or options of the wrong kind
 * @throws FormatError for a file name that leads out of the directory
 * @throws Error that names the file if the file system refuses
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
    throw new RangeError('writeDirectory: the target is an empty string; the present directory is "."');
  if (typeof target === "string") {
    return isUrl(target)
      ? writeDirectory(parseUrl("writeDirectory", target), files, options)
      : writeFiles(target, files, options);
  }
  if (target instanceof URL) {
    if (target.protocol !== "file:") throw new RangeError(`writeDirectory: the URL ${target} must begin with file:`);
    const { fileURLToPath } = await builtin("node:url");
    return writeFiles(fileURLToPath(target), files, options);
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
        expected: `another name: those that begin with ${WORK} are of saves that are under way`,
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
  // Whatever the process's directory is later.
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
