import type { Signal } from "../../platform";
import type { OnProgress } from "../progress";

/** A file that is read in parts. The caller owns the bytes. */
export interface FileParts {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `begin` up to `end`, both within the file. */
  read(begin: number, end: number): Promise<Uint8Array>;
  /** Reads the bytes from `begin` on to `bytes`, all of which must be within the file. */
  readInto(begin: number, bytes: Uint8Array): Promise<void>;
  /** Ends reading. @param whole reports the file as complete to the progress callback, even if parts were not read */
  close(whole?: boolean): Promise<void>;
}

/** How to read a file, and the signal that aborts it. */
export interface ReadOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: Signal | undefined;
}

/** A file, or the reason why it is missing. */
export type Found = { readonly parts: FileParts } | { readonly parts?: undefined; readonly cause?: unknown };

/** Finds files of a source by name. */
export interface Access {
  /** The name of the source in errors. */
  readonly name: string;
  open(file: string, options: ReadOptions): Promise<Found>;
  /** Whether the file exists; avoids reading it if possible. */
  holds(file: string, signal: AbortSignal | undefined): Promise<boolean>;
  /** Whether all opened files are unchanged; undefined if unknown. */
  unchanged?(signal: AbortSignal | undefined): Promise<boolean>;
}

/** A file in memory, as a sequence of chunks. */
export function partsOfChunks(chunks: readonly Uint8Array[]): FileParts {
  const starts: number[] = [];
  let size = 0;
  for (const chunk of chunks) {
    starts.push(size);
    size += chunk.length;
  }
  const readInto = async (begin: number, bytes: Uint8Array) => {
    const end = begin + bytes.length;
    for (let i = lastAtMost(starts, begin); i < chunks.length && starts[i]! < end; i++) {
      const from = Math.max(begin - starts[i]!, 0);
      bytes.set(chunks[i]!.subarray(from, end - starts[i]!), starts[i]! + from - begin);
    }
  };
  return {
    size,
    readInto,
    async read(begin, end) {
      const bytes = newBytes(end - begin);
      await readInto(begin, bytes);
      return bytes;
    },
    close: async () => {},
  };
}

/**
 * @param what the purpose of the bytes, for errors
 * @throws RangeError with the size if out of memory
 */
export function newBytes(length: number, what?: string): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (error) {
    const place = what === undefined ? "" : `reading ${what}: `;
    throw new RangeError(`${place}out of memory: cannot allocate ${length} bytes`, { cause: error });
  }
}

/** The last index whose number is at most `limit`; 0 if there is none. */
function lastAtMost(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle;
    else high = middle;
  }
  return low;
}
