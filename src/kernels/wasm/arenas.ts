import type { Buffer } from "../kernels";
import type { Flavor } from "./module";
import { align, LARGEST, Region } from "./region";

export const MEBIBYTE = 2 ** 20;
/** Room in each arena for the operands and results of products with what it keeps. */
const SCRATCH = 20 * MEBIBYTE;
/** Values of fewer numbers lie on the heap: copying them costs less than looking them up. */
const WORTH = 4096;

/**
 * Where values that are read again and again lie: in memories of their own in which the kernels work, so that products
 * with them copy nothing. No list holds an arena: it lives as long as any of its values, and goes with the last one.
 */
export class Arenas {
  readonly #flavor: Flavor;
  readonly #largest: number;
  readonly #regions = new WeakMap<ArrayBufferLike, Region>();
  /** The memory that has room, and how much all of them took: each is as large as all before it, within limits. */
  #last: WeakRef<ArrayBufferLike> | undefined;
  #taken = 0;

  /** @param largest bytes of an arena, unless what it is made for takes more */
  constructor(flavor: Flavor, largest: number) {
    this.#flavor = flavor;
    this.#largest = largest;
  }

  /** The arena that keeps these numbers. */
  of(buffer: { readonly buffer: ArrayBufferLike }): Region | undefined {
    return this.#regions.get(buffer.buffer);
  }

  /** A copy of the values, in an arena unless they are few or too many. @throws RangeError if the memory cannot be had */
  keep(values: Buffer): Buffer {
    const bytes = align(values.byteLength);
    if (values.length < WORTH || bytes + SCRATCH > LARGEST) return values.slice();
    const region = this.withRoom(bytes);
    return region.view(region.put(values), values.length);
  }

  /** Zeros in an arena, or on the heap where they are few or too many. @throws RangeError if the memory cannot be had */
  reserve(size: number): Buffer {
    const bytes = align(4 * size);
    if (size < WORTH || bytes + SCRATCH > LARGEST) return new Float32Array(size);
    const region = this.withRoom(bytes);
    // Scratch of earlier calls may have lain there.
    return region.view(region.take(bytes), size).fill(0);
  }

  /** An arena with so many bytes of room besides its scratch. @throws RangeError if the memory cannot be had */
  withRoom(bytes: number): Region {
    const last = this.#last?.deref();
    const open = last && this.#regions.get(last);
    if (open && open.room >= bytes + SCRATCH) return open;
    const region = this.#newRegion(bytes, Math.min(Math.max(this.#taken, 16 * MEBIBYTE), this.#largest));
    this.#regions.set(region.memory.buffer, region);
    this.#last = new WeakRef(region.memory.buffer);
    this.#taken += region.bytes - SCRATCH;
    return region;
  }

  /** With room for what comes next, too, if so much memory can be had. */
  #newRegion(bytes: number, ample: number): Region {
    if (ample > bytes)
      try {
        return new Region(this.#flavor, ample + SCRATCH);
      } catch {
        // Without it, below.
      }
    return new Region(this.#flavor, bytes + SCRATCH);
  }
}
