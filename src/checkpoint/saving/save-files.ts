import { abortable } from "../../abortable";
import { fileError } from "../file-error";
import { exchange, settle } from "./exchange";
import { type FileSystem, filesUnder, makeDirectory, syncDirectory } from "./file-system";
import { releaseLock, removeLeftovers, stagingOf, takeLock } from "./lock";
import type { Owner } from "./owner";
import { type FileContent, stage } from "./stage";

export interface SaveOptions {
  signal?: AbortSignal | undefined;
  /** Whether to remove a file of the directory, by its name, if it is not written. */
  remove?: ((file: string) => boolean) | undefined;
  /** The folders in which files may also be removed. */
  removeIn?: readonly string[] | undefined;
}

/** Milliseconds between checks whether another process has finished its exchange. */
const PAUSE = 10;

/** Writes files next to those of a directory, then exchanges them. */
export async function saveFiles(
  fs: FileSystem,
  directory: string,
  files: ReadonlyMap<string, FileContent>,
  owner: Owner,
  options: SaveOptions = {},
): Promise<void> {
  const made = new Made(fs);
  try {
    await prepare(fs, directory, files, owner, options.signal, made);
  } catch (error) {
    quietly(() => fs.rmSync(stagingOf(directory, owner), { recursive: true, force: true }));
    made.remove();
    throw error;
  }
  try {
    named("writing", directory, () =>
      exchange(fs, directory, [...files.keys()], goingFiles(fs, directory, files, options)),
    );
  } catch (error) {
    // The lock must stay until the links are gone, because it holds the files that they point to. The next save
    // retries.
    quietly(() => {
      settle(fs, directory);
      releaseLock(fs, directory, owner);
      made.remove();
    });
    throw error;
  }
  named("finishing the save of", directory, () => settle(fs, directory));
  // The new files are in place; the next save removes the remains of the lock.
  quietly(() => releaseLock(fs, directory, owner));
}

/** Writes the files next to those of the directory and acquires the lock. */
async function prepare(
  fs: FileSystem,
  directory: string,
  files: ReadonlyMap<string, FileContent>,
  owner: Owner,
  signal: AbortSignal | undefined,
  made: Made,
): Promise<void> {
  const staging = stagingOf(directory, owner);
  named("creating", directory, () => {
    made.directory(directory);
    makeDirectory(fs, `${staging}/new`);
  });
  quietly(() => removeLeftovers(fs, directory, owner));
  for (const [file, content] of files) {
    const place = `${directory}/${file}`;
    named("creating the directory of", place, () => made.directory(place.slice(0, place.lastIndexOf("/"))));
    await stage(fs, `${staging}/new/${file}`, place, content, signal);
  }
  syncDirectory(fs, `${staging}/new`);
  while (!named("writing", directory, () => takeLock(fs, directory, owner)))
    await abortable(signal, () => new Promise((resolve) => setTimeout(resolve, PAUSE)));
}

function goingFiles(
  fs: FileSystem,
  directory: string,
  files: ReadonlyMap<string, FileContent>,
  { remove = () => false, removeIn = [] }: SaveOptions,
): string[] {
  const inFolders = removeIn.flatMap((folder) =>
    filesUnder(fs, `${directory}/${folder}`).map((file) => `${folder}/${file}`),
  );
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]))
    .concat(inFolders)
    .filter((file) => !files.has(file) && remove(file));
}

/** The directories that a save has created, which it removes if it fails. */
class Made {
  readonly #fs: FileSystem;
  readonly #directories: string[] = [];

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  directory(path: string): void {
    makeDirectory(this.#fs, path, (made) => this.#directories.push(made));
  }

  /** Removes those that are empty. */
  remove(): void {
    for (const path of this.#directories.toReversed()) quietly(() => this.#fs.rmdirSync(path));
  }
}

function named<Result>(action: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw fileError(`writeDirectory: ${action}`, path, error);
  }
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The next save removes what is left.
  }
}
