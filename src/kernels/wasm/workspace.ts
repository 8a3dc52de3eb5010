import type { Buffer } from "../kernels";
import type { Flavor } from "./module";
import { align, Region } from "./region";

/**
 * Fewer numbers than these, a token's, are combined where they lie: copying them to where vector instructions reach them
 * costs 0.7 µs. From here on it pays: 1.0 ns a number instead of 1.5 for hundreds of thousands of them.
 */
export const WORTH_COPYING = 2048;

const SMALLEST = 2 ** 24;
/** A workspace beyond this has nothing to spare, and the next call finds it only if no garbage was collected. */
const LARGEST_KEPT = 2 ** 28;

/** What is copied in for a call: numbers, or nothing. */
export type Operand = Buffer | undefined;

/** The bytes that operands take, and so many more. */
export const roomOf = (operands: readonly Operand[], bytes: number): number =>
  operands.reduce((total, operand) => total + align(operand?.byteLength ?? 0), bytes);

/** The memory for calls whose operands all lie on the JavaScript heap; it grows with the largest of them. */
export class Workspace {
  readonly #flavor: Flavor;
  #region: Region | undefined;
  #large: WeakRef<Region> | undefined;

  constructor(flavor: Flavor) {
    this.#flavor = flavor;
  }

  /** Runs a computation in a region that has so many bytes of room. */
  use<Result>(bytes: number, compute: (region: Region) => Result): Result {
    const region = bytes > LARGEST_KEPT ? this.#largeWith(bytes) : this.#keptWith(bytes);
    return region.scratch(bytes, () => compute(region));
  }

  #keptWith(bytes: number): Region {
    if (this.#region === undefined || this.#region.room < bytes) {
      this.#region = undefined;
      this.#region = new Region(this.#flavor, Math.max(SMALLEST, Math.ceil(bytes * 1.25)));
    }
    return this.#region;
  }

  #largeWith(bytes: number): Region {
    const last = this.#large?.deref();
    if (last && last.room >= bytes) return last;
    const region = new Region(this.#flavor, bytes);
    this.#large = new WeakRef(region);
    return region;
  }

  /** What a function of sizes alone answers. */
  ask(name: string, ...sizes: readonly number[]): number {
    return this.use(0, (region) => region.assembly[name]!(...sizes));
  }

  /** Copies operands in, 0 for those that are missing, and computes with their addresses and so many bytes of room. */
  useWith<Result>(
    operands: readonly Operand[],
    bytes: number,
    compute: (region: Region, addresses: readonly number[]) => Result,
  ): Result {
    return this.use(roomOf(operands, bytes), (region) =>
      compute(
        region,
        operands.map((operand) => (operand ? region.put(operand) : 0)),
      ),
    );
  }
}
