import type { Url } from "../platform";
import { builtin } from "./builtin";
import { checkFileName } from "./model-file";

/** Somewhere that files can be written to by name. */
export interface FileWriter {
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A directory path, made where it is missing, a file URL, or an object that writes. */
export type Target = string | Url | FileWriter;

/**
 * Writes all files or none: in a directory each goes under a temporary name first, and they take their own names only
 * when all are written; a directory that was made for them goes again if that fails. An object that writes gets them
 * one after the other.
 *
 * @throws TypeError for anything that is no Target
 * @throws FormatError for a file name that leads out of the directory
 * @example
 * ```ts
 * import { writeDirectory } from "transformer-blocks/checkpoint";
 * await writeDirectory("./my-model", new Map([["config.json", new TextEncoder().encode("{}")]]));
 * ```
 */
export async function writeDirectory(target: Target, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const name = typeof target === "string" || target instanceof URL ? String(target) : "target";
  for (const file of files.keys()) checkFileName(name, file);
  if (typeof target === "string" && /^[a-z][a-z0-9+.-]+:\/\//i.test(target))
    return writeDirectory(new URL(target), files);
  if (typeof target === "string") return writeFiles(target, files);
  if (target instanceof URL) {
    if (target.protocol !== "file:") throw new RangeError(`writeDirectory: the URL ${target} must begin with file:`);
    const { fileURLToPath } = await builtin("node:url");
    return writeFiles(fileURLToPath(target), files);
  }
  if (typeof target !== "object" || target === null || typeof target.write !== "function") {
    throw new TypeError("writeDirectory: the target must be a directory path, a file URL, or an object with write");
  }
  for (const [file, bytes] of files) await target.write(file, bytes);
}

async function writeFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const { mkdir, rename, rm, stat, writeFile } = await builtin("node:fs/promises");
  const { dirname, join } = await builtin("node:path");
  const created = await mkdir(directory, { recursive: true });
  const written: { temporary: string; path: string }[] = [];
  try {
    for (const [file, bytes] of files) {
      const path = join(directory, file);
      const temporary = `${path}.${process.pid}.partial`;
      await mkdir(dirname(path), { recursive: true });
      // A directory in the way would stop the renaming halfway.
      const present = await stat(path).catch(() => undefined);
      if (present?.isDirectory()) throw new Error(`writeDirectory: ${path} is a directory; remove it first`);
      written.push({ temporary, path });
      await writeFile(temporary, bytes);
    }
    for (const { temporary, path } of written) await rename(temporary, path);
  } catch (error) {
    for (const { temporary } of written) await rm(temporary, { force: true });
    if (created !== undefined) await rm(created, { recursive: true, force: true });
    throw error;
  }
}
