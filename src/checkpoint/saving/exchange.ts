import { entryAt, type FileSystem, filesUnder, syncDirectory } from "./file-system";
import { CURRENT, REMOVED, WORK } from "./paths";

/** Readers open it first, so where files must move one after another it is away until the others are in place. */
const OPENED_FIRST = "config.json";

/** The directories of a save, which holds the lock. `new` has the complete files already. */
const inside = (directory: string, ...parts: string[]) => [directory, WORK, ...parts].join("/");

/**
 * Exchanges the files of a directory for new ones, all by one rename. Each file first becomes a symbolic link to
 * `current/<file>`, while `current` is a link to the directory of the old files; then `current` becomes a link to that
 * of the new ones, and the files themselves take the places of the links. At every moment each reader, Python too, sees
 * the old files or the new ones.
 *
 * Where links cannot be made (Windows, some network drives), the one rename says that the new files count: `openSource`
 * looks for them first. For other readers config.json is missing until all files are in their places.
 *
 * `settle` then puts the files in their own places; after an error it restores the old ones. Nothing here waits, so
 * nothing else in this process comes between.
 *
 * @param files those in `new`
 * @param removed files of the directory that go
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

/** Makes the links, none in its place yet. False if the file system cannot. */
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

/** A second name for an old file; for a link, as the hub's cache has them, another link to the same file. */
function keepOld(fs: FileSystem, file: string, kept: string): void {
  fs.mkdirSync(parentOf(kept), { recursive: true });
  const entry = entryAt(fs, file);
  if (entry === undefined) return;
  if (entry.isSymbolicLink()) fs.symlinkSync(fs.realpathSync(file), kept);
  else fs.linkSync(file, kept);
}

/**
 * Puts the files that count in their own places, in place of the links to them. A save does so at its end, and the next
 * save if that one was stopped, wherever that was.
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
