import { align, type Compile, LARGEST, Region } from "./region";

export const MEBIBYTE = 2 ** 20;
/** Room in each arena for the operands and results of products with the values it holds. */
const SCRATCH = 20 * MEBIBYTE;
/** Smaller values stay on the heap: copying them costs less than looking them up. */
const WORTH = 4096;

const regions = new WeakMap<ArrayBufferLike, Region>();

/** The arena that holds these numbers, whosever it is. */
export const regionOf = (buffer: { readonly buffer: ArrayBufferLike }): Region | undefined =>
  regions.get(buffer.buffer);

/**
 * WebAssembly memories for values that are read often, so that products with them need no copy. Arenas are not listed
 * anywhere: each lives as long as any of its values, and is freed with the last one.
 */
export class Arenas {
  readonly #compile: Compile;
  readonly #largest: number;
  readonly #regions = new WeakMap<ArrayBufferLike, Region>();
  /** The memory that has room, and the total size of all: each is as large as all before it, within limits. */
  #last: WeakRef<ArrayBufferLike> | undefined;
  #total = 0;

  /** @param largest bytes of an arena, unless a single value needs more */
  constructor(compile: Compile, largest: number) {
    this.#compile = compile;
    this.#largest = largest;
  }

  /** The arena that holds these numbers. */
  of(buffer: { readonly buffer: ArrayBufferLike }): Region | undefined {
    return this.#regions.get(buffer.buffer);
  }

  /** A copy of the values, in an arena unless they are few or too many. @throws RangeError if out of memory */
  keep(values: Float32Array): Float32Array {
    const kept = this.room(values.length);
    kept.set(values);
    return kept;
  }

  /** Like `keep`, for values that the caller writes: earlier calls may have used this memory as scratch. */
  room(size: number): Float32Array {
    return this.#taken(size, (region, bytes) => region.take(bytes));
  }

  /**
   * Zeros of each size, in one place of one arena, so that attention finds keys and values in the same memory; on the
   * heap if they are few or too many.
   *
   * @throws RangeError if out of memory
   */
  reserve(sizes: readonly number[]): Float32Array[] {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const whole = this.#taken(total, (region, bytes) => region.takeZeros(bytes));
    const ends: number[] = [];
    for (const size of sizes) ends.push((ends.at(-1) ?? 0) + size);
    return ends.map((end, i) => whole.subarray(ends[i - 1] ?? 0, end));
  }

  #taken(size: number, take: (region: Region, bytes: number) => number): Float32Array {
    const bytes = align(4 * size);
    if (size < WORTH || bytes + SCRATCH > LARGEST) return new Float32Array(size);
    const region = this.withRoom(bytes);
    return region.view(take(region, bytes), size);
  }

  /** An arena with this many bytes of room besides its scratch. @throws RangeError if out of memory */
  withRoom(bytes: number): Region {
    const last = this.#last?.deref();
    const open = last && this.#regions.get(last);
    if (open && open.room >= bytes + SCRATCH) return open;
    const region = this.#newRegion(bytes, Math.min(Math.max(this.#total, 16 * MEBIBYTE), this.#largest));
    this.#regions.set(region.memory.buffer, region);
    regions.set(region.memory.buffer, region);
    this.#last = new WeakRef(region.memory.buffer);
    this.#total += region.bytes - SCRATCH;
    return region;
  }

  /** With room for later values if there is enough memory. */
  #newRegion(bytes: number, ample: number): Region {
    if (ample > bytes)
      try {
        return new Region(this.#compile, ample + SCRATCH);
      } catch {
        // Tries without extra room below.
      }
    return new Region(this.#compile, bytes + SCRATCH);
  }
}
