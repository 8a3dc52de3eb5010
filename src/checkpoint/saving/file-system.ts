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
