import { codeOf } from "../file-error";
import { settle } from "./exchange";
import { entryAt, type FileSystem } from "./file-system";
import { hasEnded, type Owner, ownerText, parseOwner } from "./owner";
import { WORK } from "./paths";

/** In milliseconds. An exchange takes a few; an older one was interrupted. */
const EXCHANGE_ENDS = 30_000;
/** In milliseconds. Writing takes longer; older files were abandoned. */
const WRITING_ENDS = 24 * 3600_000;

/** The file that names the owner of the lock. */
const OWNER = "owner";
/** Prefix of the file that names who took over the lock, and from whom. */
const AFTER = "after-";

/** The directory of a save that does not hold the lock yet. */
export const stagingOf = (directory: string, owner: Owner): string => `${directory}/${WORK}-${ownerText(owner)}`;

/**
 * Acquires the lock by renaming the save's directory, if no other save holds it. The lock of an interrupted save is
 * taken over, and that save's exchange is completed or undone.
 *
 * @returns false if another save holds the lock
 */
export function takeLock(fs: FileSystem, directory: string, owner: Owner): boolean {
  const staging = stagingOf(directory, owner);
  const lock = `${directory}/${WORK}`;
  fs.writeFileSync(`${staging}/${OWNER}`, ownerText(owner));
  // The age of the lock counts from here.
  fs.utimesSync(staging, new Date(), new Date());
  if (entryAt(fs, lock) !== undefined && !freeAbandoned(fs, directory, owner)) return false;
  try {
    // Renaming fails if the target is not empty, so only one of two saves succeeds.
    fs.renameSync(staging, lock);
    return true;
  } catch (error) {
    if (entryAt(fs, lock) !== undefined) return false;
    throw error;
  }
}

export function releaseLock(fs: FileSystem, directory: string, owner: Owner): void {
  remove(fs, `${directory}/${WORK}`, stagingOf(directory, owner));
}

/**
 * Frees the lock of an interrupted save.
 *
 * @returns false if its owner may still be at work, or if another save is freeing it
 */
function freeAbandoned(fs: FileSystem, directory: string, here: Owner): boolean {
  const lock = `${directory}/${WORK}`;
  const holder = holderOf(fs, lock);
  if (!isOver(fs, lock, holder, here, EXCHANGE_ENDS)) return false;
  try {
    // With "wx" the file must be new: only one of two saves that free the lock can create it.
    fs.writeFileSync(`${lock}/${AFTER}${holder}`, ownerText(here), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    throw error;
  }
  // Another save may have taken the lock in the meantime. The file that was just created does it no harm.
  if (holderOf(fs, lock) !== ownerText(here)) return false;
  settle(fs, directory);
  remove(fs, lock, `${stagingOf(directory, here)}-freed`);
  return true;
}

/** Who holds the lock: its owner, or the save that took it over. */
function holderOf(fs: FileSystem, lock: string): string {
  let holder = textOf(fs, `${lock}/${OWNER}`);
  for (let next = holder; next !== ""; next = textOf(fs, `${lock}/${AFTER}${holder}`)) holder = next;
  return holder;
}

function textOf(fs: FileSystem, file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  }
}

/** Renamed before it is emptied: otherwise another save could take it between the last two steps of the removal. */
function remove(fs: FileSystem, lock: string, name: string): void {
  fs.renameSync(lock, name);
  fs.rmSync(name, { recursive: true, force: true });
}

function isOver(fs: FileSystem, path: string, text: string, here: Owner, ends: number): boolean {
  const ended = hasEnded(parseOwner(text), here);
  const entry = entryAt(fs, path);
  return ended ?? (entry === undefined || Date.now() - entry.mtimeMs > ends);
}

/** Removes the partly written files of interrupted saves. */
export function removeLeftovers(fs: FileSystem, directory: string, here: Owner): void {
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith(`${WORK}-`)) continue;
    const path = `${directory}/${name}`;
    const text = name.slice(WORK.length + 1).replace(/-freed$/, "");
    if (isOver(fs, path, text, here, WRITING_ENDS)) fs.rmSync(path, { recursive: true, force: true });
  }
}
