import type { Signal } from "../../platform";
import type { OnProgress } from "../progress";

/** A file that is read in parts. The bytes that it gives are the caller's own. */
export interface FileParts {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `begin` up to `end`, both within the file. */
  read(begin: number, end: number): Promise<Uint8Array>;
  /** @param whole tells the progress that the file is done with, though parts of it were not needed */
  close(whole?: boolean): Promise<void>;
}

/** What is read with, and ended by. */
export interface ReadOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: Signal | undefined;
}

/** A file, or why there is none. */
export type Found = { readonly parts: FileParts } | { readonly parts?: undefined; readonly cause?: unknown };

/** Finds the files of a source by name. */
export interface Access {
  /** The source as errors name it. */
  readonly name: string;
  open(file: string, options: ReadOptions): Promise<Found>;
  /** Whether there is such a file, without reading it where that is possible. */
  holds(file: string, signal: AbortSignal | undefined): Promise<boolean>;
  /** Whether all files that were opened are still the same, if that can be known. */
  unchanged?(signal: AbortSignal | undefined): Promise<boolean>;
}

/** A file whose bytes are in memory, in chunks that follow each other. */
export function partsOfChunks(chunks: readonly Uint8Array[]): FileParts {
  const starts: number[] = [];
  let size = 0;
  for (const chunk of chunks) {
    starts.push(size);
    size += chunk.length;
  }
  return {
    size,
    async read(begin, end) {
      const bytes = newBytes(end - begin);
      for (let i = lastAtMost(starts, begin); i < chunks.length && starts[i]! < end; i++) {
        const from = Math.max(begin - starts[i]!, 0);
        bytes.set(chunks[i]!.subarray(from, end - starts[i]!), starts[i]! + from - begin);
      }
      return bytes;
    },
    close: async () => {},
  };
}

/**
 * @param what they are for, as errors name it
 * @throws RangeError that says the size if there is no memory for it
 */
export function newBytes(length: number, what?: string): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (error) {
    const place = what === undefined ? "" : `reading ${what}: `;
    throw new RangeError(`${place}out of memory: ${length} bytes in one piece`, { cause: error });
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
