import { codeOf } from "../file-error";
import { settle } from "./exchange";
import { entryAt, type FileSystem } from "./file-system";
import { hasEnded, type Owner, ownerText, parseOwner } from "./owner";
import { WORK } from "./paths";

/** An exchange takes milliseconds. One that is this old, in milliseconds, was stopped. */
const EXCHANGE_ENDS = 30_000;
/** Writing files takes a while. Files this old, in milliseconds, belong to nobody. */
const WRITING_ENDS = 24 * 3600_000;

/** The file that says who exchanges. */
const OWNER = "owner";
/** Begins the name of the file that says who took the lock over, and from whom. */
const AFTER = "after-";

/** The directory of a save before it holds the lock. */
export const stagingOf = (directory: string, owner: Owner): string => `${directory}/${WORK}-${ownerText(owner)}`;

/**
 * Gives the directory of a save the lock's name, if nobody has it. The lock of a save that was stopped is taken over,
 * and what it had begun is finished or undone.
 *
 * @returns false if another save is exchanging
 */
export function takeLock(fs: FileSystem, directory: string, owner: Owner): boolean {
  const staging = stagingOf(directory, owner);
  const lock = `${directory}/${WORK}`;
  fs.writeFileSync(`${staging}/${OWNER}`, ownerText(owner));
  // The age of the lock counts from here.
  fs.utimesSync(staging, new Date(), new Date());
  if (entryAt(fs, lock) !== undefined && !freeAbandoned(fs, directory, owner)) return false;
  try {
    // It fails over a directory that is not empty, so only one of two has it.
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

/** @returns false unless its owner was stopped and nobody else is freeing it */
function freeAbandoned(fs: FileSystem, directory: string, here: Owner): boolean {
  const lock = `${directory}/${WORK}`;
  const holder = holderOf(fs, lock);
  if (!isOver(fs, lock, holder, here, EXCHANGE_ENDS)) return false;
  try {
    // Of two that want to free it, one creates the file.
    fs.writeFileSync(`${lock}/${AFTER}${holder}`, ownerText(here), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    throw error;
  }
  // By now it may be the lock of yet another save, which this file does not concern.
  if (holderOf(fs, lock) !== ownerText(here)) return false;
  settle(fs, directory);
  remove(fs, lock, `${stagingOf(directory, here)}-freed`);
  return true;
}

/** Who has the lock: its owner, or who has taken it over from there. */
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

/** Emptied under another name: otherwise another save could take it between the last two steps of its removal. */
function remove(fs: FileSystem, lock: string, name: string): void {
  fs.renameSync(lock, name);
  fs.rmSync(name, { recursive: true, force: true });
}

function isOver(fs: FileSystem, path: string, text: string, here: Owner, ends: number): boolean {
  const ended = hasEnded(parseOwner(text), here);
  const entry = entryAt(fs, path);
  return ended ?? (entry === undefined || Date.now() - entry.mtimeMs > ends);
}

/** Removes the files that stopped saves had begun to write. */
export function removeLeftovers(fs: FileSystem, directory: string, here: Owner): void {
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith(`${WORK}-`)) continue;
    const path = `${directory}/${name}`;
    const text = name.slice(WORK.length + 1).replace(/-freed$/, "");
    if (isOver(fs, path, text, here, WRITING_ENDS)) fs.rmSync(path, { recursive: true, force: true });
  }
}
