import { entryAt, type FileSystem, filesUnder, syncDirectory } from "./file-system";
import { CURRENT, REMOVED, WORK } from "./paths";

/** Readers open it first. If files must move one by one, it is missing until the others are in place. */
const OPENED_FIRST = "config.json";

/** A path inside the work directory of a save; the caller holds the lock, and `new` already contains all the files. */
const inside = (directory: string, ...parts: string[]) => [directory, WORK, ...parts].join("/");

/**
 * Exchanges the files of a directory for new ones with a single rename. Each file first becomes a symbolic link to
 * `current/<file>`, where `current` is a link to the directory of the old files. Then `current` becomes a link to the
 * directory of the new files, and finally the files replace the links. At every moment, every reader (Python too) sees
 * either the old files or the new ones.
 *
 * If links are not available (Windows, some network drives), the single rename marks the new files as valid, and
 * `openSource` looks for them first. For other readers, config.json is missing until all files are in place.
 *
 * `settle` then moves the files to their places; after an error it restores the old ones. Everything here is
 * synchronous, so nothing else in this process can interfere.
 *
 * @param files the names of the files in `new`
 * @param removed files of the directory to remove
 */
export function exchange(
  fs: FileSystem,
  directory: string,
  files: readonly string[],
  removed: readonly string[],
): void {
  if (!prepareLinks(fs, directory, files, removed)) {
    exchangeWithoutLinks(fs, directory, removed);
    return;
  }
  for (const file of [...files, ...removed]) fs.renameSync(inside(directory, "links", file), `${directory}/${file}`);
  syncDirectory(fs, directory);
  fs.renameSync(inside(directory, "next"), `${directory}/${CURRENT}`);
  syncDirectory(fs, inside(directory));
}

function exchangeWithoutLinks(fs: FileSystem, directory: string, removed: readonly string[]): void {
  const marks = inside(directory, "new", REMOVED.slice(CURRENT.length + 1));
  for (const file of removed) {
    fs.mkdirSync(parentOf(`${marks}/${file}`), { recursive: true });
    fs.writeFileSync(`${marks}/${file}`, "");
  }
  fs.renameSync(inside(directory, "new"), `${directory}/${CURRENT}`);
  syncDirectory(fs, inside(directory));
}

/** Prepares the links without putting them in place. False if the file system does not support them. */
function prepareLinks(
  fs: FileSystem,
  directory: string,
  files: readonly string[],
  removed: readonly string[],
): boolean {
  const made = ["old", "links", "next", "current"];
  try {
    for (const file of [...files, ...removed]) {
      keepOld(fs, `${directory}/${file}`, inside(directory, "old", file));
      const link = inside(directory, "links", file);
      fs.mkdirSync(parentOf(link), { recursive: true });
      fs.symlinkSync(`${"../".repeat(file.split("/").length - 1)}${CURRENT}/${file}`, link);
    }
    fs.symlinkSync("new", inside(directory, "next"));
    fs.symlinkSync("old", inside(directory, "current"));
    syncDirectory(fs, inside(directory));
    return true;
  } catch {
    for (const name of made) fs.rmSync(inside(directory, name), { recursive: true, force: true });
    return false;
  }
}

/** A hard link to an old file; if it is a symbolic link, as in the hub's cache, another link to the same target. */
function keepOld(fs: FileSystem, file: string, kept: string): void {
  fs.mkdirSync(parentOf(kept), { recursive: true });
  const entry = entryAt(fs, file);
  if (entry === undefined) return;
  if (entry.isSymbolicLink()) fs.symlinkSync(fs.realpathSync(file), kept);
  else fs.linkSync(file, kept);
}

/**
 * Moves the current files to their places, replacing the links to them. Runs at the end of a save; if that save was
 * interrupted, at the start of the next one.
 */
export function settle(fs: FileSystem, directory: string): void {
  const current = `${directory}/${CURRENT}`;
  const entry = entryAt(fs, current);
  if (entry === undefined) return;
  const counts = (file: string) => entryAt(fs, `${current}/${file}`) !== undefined;
  const removed = filesUnder(fs, `${directory}/${REMOVED}`);
  if (!entry.isSymbolicLink()) {
    if (counts(OPENED_FIRST)) fs.rmSync(`${directory}/${OPENED_FIRST}`, { force: true });
    for (const file of removed) fs.rmSync(`${directory}/${file}`, { force: true });
    fs.rmSync(`${directory}/${REMOVED}`, { recursive: true, force: true });
  }
  const files = new Set(["old", "new", "current"].flatMap((part) => filesUnder(fs, inside(directory, part))));
  for (const file of [...files].filter((name) => name !== OPENED_FIRST).concat(OPENED_FIRST)) {
    const place = `${directory}/${file}`;
    if (counts(file)) fs.renameSync(`${current}/${file}`, place);
    else if (isLinkOfSave(fs, place)) fs.unlinkSync(place);
  }
  syncDirectory(fs, directory);
}

function isLinkOfSave(fs: FileSystem, place: string): boolean {
  return entryAt(fs, place)?.isSymbolicLink() === true && fs.readlinkSync(place).includes(`${CURRENT}/`);
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
