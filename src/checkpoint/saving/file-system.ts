import { codeOf } from "../file-error";

/** The part of `node:fs` that a save needs. Tests pass one that fails or stops at any call. */
export type FileSystem = Pick<
  typeof import("node:fs"),
  | "closeSync"
  | "fsyncSync"
  | "linkSync"
  | "lstatSync"
  | "mkdirSync"
  | "openSync"
  | "readFileSync"
  | "readdirSync"
  | "readlinkSync"
  | "realpathSync"
  | "renameSync"
  | "rmSync"
  | "rmdirSync"
  | "symlinkSync"
  | "unlinkSync"
  | "utimesSync"
  | "writeFileSync"
> & { readonly promises: Pick<typeof import("node:fs/promises"), "open"> };

/** The entry itself, without following a symbolic link; undefined if there is none. */
export function entryAt(fs: FileSystem, path: string): import("node:fs").Stats | undefined {
  return fs.lstatSync(path, { throwIfNoEntry: false });
}

/** The files under a directory, with names relative to it; none if the directory is missing. */
export function filesUnder(fs: FileSystem, directory: string): string[] {
  if (!entryAt(fs, directory)?.isDirectory()) return [];
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesUnder(fs, `${directory}/${entry.name}`).map((file) => `${entry.name}/${file}`)
        : [entry.name],
    );
}

/**
 * Creates a directory and its missing parents. Node's `recursive` option never returns if the system refuses a
 * directory whose parent exists, as /proc does; so it is used only on directories that exist.
 *
 * @param made is called with each new directory
 */
export function makeDirectory(fs: FileSystem, path: string, made: (path: string) => void = () => {}): void {
  if (entryAt(fs, path) !== undefined) {
    // Throws if it exists but is not a directory.
    fs.mkdirSync(path, { recursive: true });
    return;
  }
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  if (parent !== "") makeDirectory(fs, parent, made);
  try {
    fs.mkdirSync(path);
    made(path);
  } catch (error) {
    // Another save may have created it in the meantime.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Makes a directory's entries durable. Windows has no such call, and some file systems refuse it. */
export function syncDirectory(fs: FileSystem, directory: string): void {
  let descriptor: number;
  try {
    descriptor = fs.openSync(directory, "r");
  } catch {
    return;
  }
  try {
    fs.fsyncSync(descriptor);
  } catch {
    // The entries are written later.
  } finally {
    fs.closeSync(descriptor);
  }
}
