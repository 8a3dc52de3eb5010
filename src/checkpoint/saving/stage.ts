import { abortable } from "../../abortable";
import { isBytes } from "../bytes";
import { fileError } from "../file-error";
import { entryAt, type FileSystem } from "./file-system";

/** The bytes of a file, in one or several parts. They must not change until they are written. */
export type FileContent = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes per write; aborts are noticed between writes. */
const AT_ONCE = 16 * 2 ** 20;

/**
 * Writes one file of a save and flushes it to disk.
 *
 * @param place the final path, for errors
 */
export async function stage(
  fs: FileSystem,
  path: string,
  place: string,
  content: FileContent,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (entryAt(fs, place)?.isDirectory()) throw new Error(`writeDirectory: ${place} is a directory; remove it first`);
  try {
    fs.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const file = await abortable(
      signal,
      () => fs.promises.open(path, "wx"),
      (late) => void late.close(),
    );
    try {
      for await (const part of partsOf(content, place, signal))
        for (let start = 0; start < part.length; start += AT_ONCE)
          await abortable(signal, () => file.writeFile(part.subarray(start, start + AT_ONCE)));
      await abortable(signal, () => file.sync());
    } finally {
      const closed = file.close();
      // Not awaited: a write that never ends would delay an abort.
      if (signal?.aborted) closed.catch(() => {});
      else await closed;
    }
  } catch (error) {
    throw error === signal?.reason ? error : fileError("writeDirectory: writing", place, error);
  }
}

/** @throws TypeError for a part that is not a Uint8Array */
export async function* partsOf(
  content: FileContent,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  if (isBytes(content)) return yield content;
  const parts = Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(signal, async () => parts.next());
      if (done) return;
      if (!isBytes(value)) throw new TypeError(`writeDirectory: a part of ${file} is not a Uint8Array`);
      yield value;
    }
  } finally {
    void Promise.resolve(parts.return?.()).catch(() => {});
  }
}
