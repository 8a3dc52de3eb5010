import { abortable } from "../../abortable";
import { builtin } from "../../builtin";
import { codeOf, fileError } from "../file-error";
import { CURRENT, REMOVED } from "../saving/paths";
import { type Access, type FileParts, type Found, newBytes, type ReadOptions } from "./file-parts";

type FileHandle = import("node:fs/promises").FileHandle;

/** Bytes per read; Node reads less than 2 GiB at once, and aborts are noticed between reads. */
const AT_ONCE = 64 * 2 ** 20;

/** The files of a directory, read in parts. */
export async function directoryAccess(path: string): Promise<Access> {
  const fs = await builtin("node:fs/promises");
  const { join } = await builtin("node:path");
  const openIfThere = async (name: string): Promise<FileHandle | undefined> => {
    try {
      return await fs.open(name, "r");
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fileError("reading", name, error);
    }
  };
  /** After an interrupted exchange, the valid files may not be in their final places yet. */
  const find = async (file: string): Promise<FileHandle | undefined> => {
    const exchanged = await openIfThere(join(path, CURRENT, file));
    if (exchanged !== undefined) return exchanged;
    const removed = await fs.stat(join(path, REMOVED, file)).catch(() => undefined);
    return removed === undefined ? openIfThere(join(path, file)) : undefined;
  };
  // Between the two lookups of `find`, a save may have moved the file from the second place to the first.
  const findTwice = async (file: string) => (await find(file)) ?? find(file);
  /** The identity of each file when it was first opened. */
  const opened = new Map<string, string>();
  return {
    name: path,
    async open(file, options): Promise<Found> {
      const handle = await abortable(
        options.signal,
        () => findTwice(file),
        (late) => void late?.close(),
      );
      if (!opened.has(file)) opened.set(file, await identityOf(handle, options.signal));
      if (handle === undefined) return { cause: undefined };
      try {
        return { parts: await partsOfHandle(handle, file, join(path, file), options) };
      } catch (error) {
        await closed(handle, options.signal);
        throw error;
      }
    },
    async holds(file, signal) {
      const handle = await abortable(signal, () => findTwice(file));
      if (handle !== undefined) await closed(handle, signal);
      return handle !== undefined;
    },
    async unchanged(signal) {
      for (const [file, before] of opened) {
        const handle = await findTwice(file);
        const now = await identityOf(handle, signal);
        if (handle !== undefined) await closed(handle, signal);
        if (now !== before) return false;
      }
      return true;
    },
  };
}

/** Inode and modification time; a save replaces files rather than changing them. */
async function identityOf(handle: FileHandle | undefined, signal: AbortSignal | undefined): Promise<string> {
  if (handle === undefined) return "none";
  const { dev, ino, mtimeMs, size } = await abortable(signal, () => handle.stat());
  return [dev, ino, mtimeMs, size].join();
}

const isAbsent = (error: unknown) => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

async function partsOfHandle(
  handle: FileHandle,
  file: string,
  path: string,
  { onProgress, signal }: ReadOptions,
): Promise<FileParts> {
  const stats = await abortable(signal, () => handle.stat());
  if (stats.isDirectory()) throw new Error(`reading ${path}: it is a directory`);
  const { size } = stats;
  let loaded = 0;
  const report = (bytes: number) => {
    loaded = Math.min(loaded + bytes, size);
    onProgress?.({ file, loaded, total: size });
  };
  const readInto = async (begin: number, bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(AT_ONCE, bytes.length - done);
      const { bytesRead } = await abortable(signal, () => readOnce(handle, bytes, done, length, begin + done, path));
      if (bytesRead === 0) throw new Error(`reading ${path}: the file became shorter while it was read; load it again`);
      done += bytesRead;
      report(bytesRead);
    }
  };
  return {
    size,
    readInto,
    async read(begin, end) {
      const bytes = newBytes(end - begin, path);
      await readInto(begin, bytes);
      return bytes;
    },
    async close(whole = false) {
      if (whole && loaded < size) report(size);
      await closed(handle, signal);
    },
  };
}

function readOnce(handle: FileHandle, bytes: Uint8Array, offset: number, length: number, at: number, path: string) {
  return handle.read(bytes, offset, length, at).catch((error: unknown) => {
    throw fileError("reading", path, error);
  });
}

/** Not awaited after an abort: a read that never ends would delay it. */
async function closed(handle: FileHandle, signal: AbortSignal | undefined): Promise<void> {
  const closing = handle.close();
  if (signal?.aborted) closing.catch(() => {});
  else await closing;
}
