import type { Buffer, IndexBuffer } from "./buffers";
import type { Primitive, Stored } from "./primitive";
import type {
  Attended,
  AttentionSpec,
  Axis,
  Binary,
  Broadcast,
  Kept,
  MatmulSpec,
  NormSpec,
  RandomStream,
  RotarySpec,
  Selection,
  Unary,
} from "./specs";

export type * from "./buffers";
export type * from "./primitive";
export type * from "./specs";

/** A weight [rows, columns] that a row is multiplied by, and a bias [rows]. */
export interface RowFactor<Numbers extends Buffer = Buffer> {
  weight: Numbers;
  rows: number;
  bias: Numbers | undefined;
}

/**
 * The primitives of everything above: buffers and sizes in, new buffers out. Sizes are trusted: operations have checked
 * them. `referenceKernels` defines the correct results; other implementations stay within the stated bounds of them.
 *
 * `Numbers` is how an implementation stores numbers: a Float32Array on the CPU, its own `DeviceBuffer` elsewhere. Indices
 * that the caller gives, random words and the places that dropout keeps are always on the CPU.
 */
export interface Kernels<Numbers extends Buffer = Buffer> {
  readonly name: string;
  /** Whether they use vector instructions. */
  readonly simd: boolean;

  /** Whether these kernels can work on the buffer. */
  holds(buffer: Buffer): boolean;
  /** Numbers from the CPU, where these kernels can work on them. The buffer owns the array: on the CPU it is the array. */
  upload(numbers: Float32Array): Numbers;
  /** `size` times the same number. */
  fill(size: number, value: number): Numbers;

  /** Runs a primitive that is not a method here: its reference, unless the implementation has a form of its own. */
  run<Arguments extends readonly unknown[], Result>(
    primitive: Primitive<Arguments, Result>,
    ...args: Arguments
  ): Stored<Result, Numbers>;

  /** f(x), times a factor if given, for the gated forms. */
  unary(name: Unary, x: Numbers, factor?: Numbers): Numbers;
  /** A function of two numbers, broadcasting. */
  binary(name: Binary, a: Numbers, b: Numbers, broadcast: Broadcast): Numbers;
  /** a where the condition is not 0, b elsewhere; each with a step per axis, 0 where it is broadcast. */
  where(condition: Numbers, a: Numbers, b: Numbers, selection: Selection): Numbers;

  /** Copies x [outer, length, inner] into `target` at `start` of its axis, in place. */
  place(target: Numbers, axis: Axis, start: number, x: Numbers): void;
  /** Keeps the elements of each [rows, columns] matrix on one side of a diagonal, zeros elsewhere. */
  triangle(x: Numbers, rows: number, columns: number, diagonal: number, side: "lower" | "upper"): Numbers;

  /** A copy of numbers that are read often, such as a parameter's, where products read them fastest. */
  keep(numbers: Float32Array): Numbers;
  /**
   * The memory that `keep` would copy to, with any numbers in it, for a caller that writes them there; undefined if the
   * CPU cannot write to it.
   */
  room(size: number): Numbers | undefined;
  /** Zeros of each size, to be filled by `place`, for a cache that attention reads without a copy. */
  reserve(sizes: readonly number[]): Numbers[];
  /** One row x [columns] by several weights, as in decoding: for each, what `matmul` gives. */
  multiplyRow(x: Numbers, factors: readonly RowFactor<Numbers>[]): Numbers[];
  /** The products, plus a bias [n] in every row if given. */
  matmul(a: Numbers, b: Numbers, spec: MatmulSpec, bias?: Numbers): Numbers;

  /** e^xᵢ / Σⱼ e^xⱼ along an axis. */
  softmax(x: Numbers, axis: Axis): Numbers;
  /** Its logarithm. */
  logSoftmax(x: Numbers, axis: Axis): Numbers;
  /** (x − mean) / √(variance + ε) · weight + bias of each row. */
  layerNorm(x: Numbers, weight: Numbers | undefined, bias: Numbers | undefined, spec: NormSpec): Numbers;
  /** x / √(mean(x²) + ε) · weight of each row. */
  rmsNorm(x: Numbers, weight: Numbers | undefined, spec: NormSpec): Numbers;

  /** Rows `ids` of weight [rows, size]. */
  gatherRows(weight: Numbers, ids: IndexBuffer, size: number): Numbers;

  /** Rotates each pair by its angle, or back if `inverse`. */
  rotary(x: Numbers, cosines: Numbers, sines: Numbers, spec: RotarySpec, inverse: boolean): Numbers;

  /** softmax(q kᵀ · scale) v, with what each row of the softmax was divided by. */
  attention(q: Numbers, k: Numbers, v: Numbers, spec: AttentionSpec<Numbers>): Attended<Numbers>;

  /** `count` words of a stream. Like `normal` and `choosePlaces`, the same in every implementation. */
  words(stream: RandomStream, count: number): Uint32Array;
  /**
   * Numbers of the standard normal distribution by the polar method, using only float64 sums, products, quotients and
   * roots. `end` is the next word.
   */
  normal(stream: RandomStream, count: number): { numbers: Float32Array; end: number };
  /** Drops an element if the upper 24 bits of its word, divided by 2²⁴, are below the rate. */
  choosePlaces(stream: RandomStream, count: number, rate: number): Kept;
  /** x times 1 / (1 − rate) where it is kept, times 0 elsewhere. It is its own gradient. */
  dropout(x: Numbers, kept: Kept): Numbers;
}
