import { align, type Compile, Region } from "./region";

/**
 * The smallest number of elements worth copying into kernel memory. Smaller inputs, such as a single token's, are
 * combined in JavaScript, because copying costs 0.7 µs. For hundreds of thousands of numbers, the kernels take 1.0 ns
 * per number instead of 1.5.
 */
export const WORTH_COPYING = 2048;

const SMALLEST = 2 ** 24;
/** A larger workspace gets no spare room, and is kept only until garbage collection. */
const LARGEST_KEPT = 2 ** 28;

/** An operand to copy in for a call, or undefined. */
export type Operand = Float32Array | undefined;

/** The bytes of the operands, and `bytes` more. */
export const roomOf = (operands: readonly Operand[], bytes: number): number =>
  operands.reduce((total, operand) => total + align(operand?.byteLength ?? 0), bytes);

/** The memory for calls whose operands are all on the JavaScript heap; it grows with the largest call. */
export class Workspace {
  readonly #compile: Compile;
  #region: Region | undefined;
  #large: WeakRef<Region> | undefined;

  constructor(compile: Compile) {
    this.#compile = compile;
  }

  /** Runs a computation in a region with at least `bytes` of room. */
  use<Result>(bytes: number, compute: (region: Region) => Result): Result {
    const region = bytes > LARGEST_KEPT ? this.#largeWith(bytes) : this.#keptWith(bytes);
    return region.scratch(bytes, () => compute(region));
  }

  #keptWith(bytes: number): Region {
    if (this.#region === undefined || this.#region.room < bytes) {
      this.#region = undefined;
      this.#region = new Region(this.#compile, Math.max(SMALLEST, Math.ceil(bytes * 1.25)));
    }
    return this.#region;
  }

  #largeWith(bytes: number): Region {
    const last = this.#large?.deref();
    if (last && last.room >= bytes) return last;
    const region = new Region(this.#compile, bytes);
    this.#large = new WeakRef(region);
    return region;
  }

  /** The result of a kernel function that depends only on sizes. */
  ask(name: string, ...sizes: readonly number[]): number {
    return this.use(0, (region) => region.assembly[name]!(...sizes));
  }

  /** Copies operands in and runs a computation with their addresses (0 if undefined) and `bytes` of room. */
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
