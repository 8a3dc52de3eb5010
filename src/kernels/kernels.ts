import type { Quantized } from "./quantized";
import type {
  AdamWSpec,
  Attended,
  AttentionSpec,
  Axis,
  Binary,
  Broadcast,
  Buffer,
  Kept,
  LossSpec,
  MatmulSpec,
  NormSpec,
  Primitive,
  RandomStream,
  RotarySpec,
  Selection,
  Unary,
} from "./specs";

export type * from "./specs";

/**
 * The primitives of everything above: buffers and sizes in, new buffers out. Sizes are trusted: operations have checked
 * them. `referenceKernels` defines the correct results; other implementations stay within the stated bounds of them.
 */
export interface Kernels {
  readonly name: string;
  /** Whether they use vector instructions. */
  readonly simd: boolean;

  /** Runs a primitive that is not a method here: its reference, unless the implementation has a form of its own. */
  run<Arguments extends readonly unknown[], Result>(
    primitive: Primitive<Arguments, Result>,
    ...args: Arguments
  ): Result;

  /** f(x), times a factor if given, for the gated forms. */
  unary(name: Unary, x: Buffer, factor?: Buffer): Buffer;
  /** gradient · f′(x), times the factor */
  unaryGradient(name: Unary, x: Buffer, gradient: Buffer, factor?: Buffer): Buffer;
  binary(name: Binary, a: Buffer, b: Buffer, broadcast: Broadcast): Buffer;
  /**
   * −gradient · a / b², rounded once: the gradient of `divide` for b. The gradient has the broadcast shape of a and b.
   */
  divideGradient(gradient: Buffer, a: Buffer, b: Buffer, broadcast: Broadcast): Buffer;
  /** a where the condition is not 0, b elsewhere; each with a step per axis, 0 where it is broadcast. */
  where(condition: Buffer, a: Buffer, b: Buffer, selection: Selection): Buffer;
  clamp(x: Buffer, minimum: number, maximum: number): Buffer;
  clampGradient(x: Buffer, minimum: number, maximum: number, gradient: Buffer): Buffer;

  sum(x: Buffer, axis: Axis): Buffer;

  /** Copies x [outer, length, inner] into `target` at `start` of its axis, in place. */
  place(target: Buffer, axis: Axis, start: number, x: Buffer): void;
  /** Keeps the elements of each [rows, columns] matrix on one side of a diagonal, zeros elsewhere. */
  triangle(x: Buffer, rows: number, columns: number, diagonal: number, side: "lower" | "upper"): Buffer;

  /** A copy of values that are read often, such as a parameter's, where products read them fastest. */
  keep(values: Buffer): Buffer;
  /** Zeros to be filled by `place`, for a cache that attention reads without a copy. */
  reserve(size: number): Buffer;
  /** Like `keep`, for quantized weights. */
  keepQuantized(matrix: Quantized): Quantized;
  /**
   * x [rows, columns] · matrixᵀ + bias [matrix.rows]. For few rows, x may be quantized to 8 bits in blocks of 32, so
   * that integers are multiplied: the error of each product is then at most 1/254 of the block's largest |x| times its
   * weight.
   */
  multiplyQuantized(x: Buffer, matrix: Quantized, rows: number, bias?: Buffer): Buffer;
  /** The products, plus a bias [n] in every row if given. */
  matmul(a: Buffer, b: Buffer, spec: MatmulSpec, bias?: Buffer): Buffer;

  softmax(x: Buffer, axis: Axis): Buffer;
  softmaxGradient(y: Buffer, axis: Axis, gradient: Buffer): Buffer;
  logSoftmax(x: Buffer, axis: Axis): Buffer;
  logSoftmaxGradient(y: Buffer, axis: Axis, gradient: Buffer): Buffer;
  layerNorm(x: Buffer, weight: Buffer | undefined, bias: Buffer | undefined, spec: NormSpec): Buffer;
  layerNormGradient(
    x: Buffer,
    weight: Buffer | undefined,
    spec: NormSpec,
    gradient: Buffer,
  ): { x: Buffer; weight: Buffer; bias: Buffer };
  rmsNorm(x: Buffer, weight: Buffer | undefined, spec: NormSpec): Buffer;
  rmsNormGradient(
    x: Buffer,
    weight: Buffer | undefined,
    spec: NormSpec,
    gradient: Buffer,
  ): { x: Buffer; weight: Buffer };

  /** Rows `ids` of weight [rows, size]. */
  gatherRows(weight: Buffer, ids: Int32Array, size: number): Buffer;
  /** Adds row i of gradient to row `ids[i]` of zeros [rows, size]. */
  scatterRows(gradient: Buffer, ids: Int32Array, rows: number, size: number): Buffer;

  /** Rotates each pair by its angle, or back if `inverse`. */
  rotary(x: Buffer, cosines: Buffer, sines: Buffer, spec: RotarySpec, inverse: boolean): Buffer;

  attention(q: Buffer, k: Buffer, v: Buffer, spec: AttentionSpec): Attended;
  attentionGradient(
    q: Buffer,
    k: Buffer,
    v: Buffer,
    spec: AttentionSpec,
    attended: Attended,
    gradient: Buffer,
  ): { q: Buffer; k: Buffer; v: Buffer; bias: Buffer | undefined };

  /** The loss of each row, −weight · log softmax(logits)[target]. */
  crossEntropy(logits: Buffer, spec: LossSpec): Buffer;
  crossEntropyGradient(logits: Buffer, spec: LossSpec, gradient: Buffer): Buffer;

  /** `count` words of a stream. Like `normal` and `choosePlaces`, the same in every implementation. */
  words(stream: RandomStream, count: number): Uint32Array;
  /**
   * Numbers of the standard normal distribution by the polar method, using only float64 sums, products, quotients and
   * roots. `end` is the next word.
   */
  normal(stream: RandomStream, count: number): { numbers: Buffer; end: number };
  /** Drops an element if the upper 24 bits of its word, divided by 2²⁴, are below the rate. */
  choosePlaces(stream: RandomStream, count: number, rate: number): Kept;
  /** x times 1 / (1 − rate) where it is kept, times 0 elsewhere. It is its own gradient. */
  dropout(x: Buffer, kept: Kept): Buffer;

  /** One AdamW step, in place on the parameter and both moments. */
  adamW(parameter: Buffer, gradient: Buffer, first: Buffer, second: Buffer, spec: AdamWSpec): void;
}
