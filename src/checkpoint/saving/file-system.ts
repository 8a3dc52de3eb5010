import { codeOf } from "../file-error";

/** What a save needs of `node:fs`. Tests give one that fails or stops at any call. */
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

/** The entry itself, a symbolic link not followed; undefined if there is none. */
export function entryAt(fs: FileSystem, path: string): import("node:fs").Stats | undefined {
  return fs.lstatSync(path, { throwIfNoEntry: false });
}

/** The files under a directory, by their names relative to it; none if there is no such directory. */
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
 * Makes a directory and those above it that are missing. Node's own `recursive` never returns where the system says that
 * a directory with an existing parent cannot be, as /proc does, so it is only asked about directories that are there.
 *
 * @param made is told of each one
 */
export function makeDirectory(fs: FileSystem, path: string, made: (path: string) => void = () => {}): void {
  if (entryAt(fs, path) !== undefined) {
    // An error if it is something else than a directory.
    fs.mkdirSync(path, { recursive: true });
    return;
  }
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  if (parent !== "") makeDirectory(fs, parent, made);
  try {
    fs.mkdirSync(path);
    made(path);
  } catch (error) {
    // Another save may have made it meanwhile.
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
    // The entries are written later then.
  } finally {
    fs.closeSync(descriptor);
  }
}
