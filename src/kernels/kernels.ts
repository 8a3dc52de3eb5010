import type { Quantized } from "./quantized";

/**
 * Storage for the numbers of a tensor. On the CPU it is a `Float32Array`; above this floor only `Tensor.data` and
 * `Tensor.read` look inside, so that another implementation may keep its numbers elsewhere.
 */
export type Buffer = Float32Array;

/** Functions of one number, applied to every element. */
export type Unary = "relu" | "gelu" | "geluTanh" | "silu" | "sigmoid" | "tanh" | "erf" | "exp" | "log" | "sqrt";

/** Functions of two numbers, applied to every pair of elements. */
export type Binary = "add" | "subtract" | "multiply" | "divide";

/** How two operands meet in a result: its shape, and each operand's step per axis (0 where it is repeated). */
export interface Broadcast {
  shape: readonly number[];
  stepsA: readonly number[];
  stepsB: readonly number[];
}

/** How a condition and its two operands meet in a result. */
export interface Selection extends Broadcast {
  stepsCondition: readonly number[];
}

/** One axis of a contiguous tensor: `outer` slices before it, `size` elements along it, `inner` elements after it. */
export interface Axis {
  outer: number;
  size: number;
  inner: number;
}

/** Products `[m, k] · [k, n]`; output matrix i takes matrix `batchA[i]` of a and `batchB[i]` of b. */
export interface MatmulSpec {
  m: number;
  k: number;
  n: number;
  /** a lies as [k, m]. */
  transposeA: boolean;
  /** b lies as [n, k], the layout of a linear layer's weight. */
  transposeB: boolean;
  batchA: readonly number[];
  batchB: readonly number[];
}

/** Rows of `size` numbers, each normalized on its own. */
export interface NormSpec {
  rows: number;
  size: number;
  epsilon: number;
}

/** Rotary embedding of [rows, heads, headDim]; row r turns by the angles `[r, dimensions / 2]`. */
export interface RotarySpec {
  rows: number;
  heads: number;
  headDim: number;
  /** How many leading dimensions of each head turn; the rest stay. */
  dimensions: number;
  /** Pairs are neighbours (2i, 2i + 1) instead of halves (i, i + dimensions / 2). */
  interleaved: boolean;
}

/** Numbers that broadcast to [batch, heads, queries, keys], with a step for each. */
export interface Spread {
  values: Buffer;
  shape: readonly number[];
  steps: readonly [number, number, number, number];
}

/**
 * Attention of q [batch, queries, heads, headDim] over k, v [batch, capacity, keyValueHeads, …], of which `keys` count.
 * Scores are c · tanh(q kᵀ · scale / c) + bias with a softcap c, q kᵀ · scale + bias without.
 */
export interface AttentionSpec {
  batch: number;
  queries: number;
  keys: number;
  /** How many keys the storage of k and v has room for; a cache has more room than keys. */
  capacity: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  valueDim: number;
  scale: number;
  /** Query i sees key j only if j ≤ i + keys − queries. */
  causal: boolean;
  /** Query i sees key j only if |i + keys − queries − j| < window. */
  window?: number | undefined;
  softcap?: number | undefined;
  /** 1 keeps a key, 0 hides it. */
  mask: Spread | undefined;
  /** −Infinity hides a key. */
  bias?: Spread | undefined;
}

export interface LossSpec {
  rows: number;
  classes: number;
  /** One class a row; a row of `ignoreIndex` has no loss. */
  targets: Int32Array;
  ignoreIndex: number;
  /** A weight for each class. */
  weight: Buffer | undefined;
}

export interface AdamWSpec {
  learningRate: number;
  betas: readonly [number, number];
  epsilon: number;
  weightDecay: number;
  /** The number of this step, from 1. */
  step: number;
}

/**
 * The primitives that everything above is made of: buffers and sizes in, new buffers out. Sizes are trusted: the shape
 * rules of the operations have checked them. `referenceKernels` defines what is right; any other implementation stays
 * within the stated bounds of it.
 */
export interface Kernels {
  readonly name: string;
  /** Whether vector instructions do the work. */
  readonly simd: boolean;

  /** f(x), times a factor if there are factors: the gated forms. */
  unary(name: Unary, x: Buffer, factor?: Buffer): Buffer;
  /** gradient · f′(x), times the factor */
  unaryGradient(name: Unary, x: Buffer, gradient: Buffer, factor?: Buffer): Buffer;
  binary(name: Binary, a: Buffer, b: Buffer, broadcast: Broadcast): Buffer;
  /** a where the condition is not 0, b elsewhere; each with its step per axis of the shape, 0 where it is repeated. */
  where(condition: Buffer, a: Buffer, b: Buffer, selection: Selection): Buffer;
  clamp(x: Buffer, minimum: number, maximum: number): Buffer;
  clampGradient(x: Buffer, minimum: number, maximum: number, gradient: Buffer): Buffer;

  sum(x: Buffer, axis: Axis): Buffer;
  /** Repeats x [outer, 1, inner] `size` times along the axis: the gradient of `sum`. */
  repeat(x: Buffer, axis: Axis): Buffer;

  permute(x: Buffer, shape: readonly number[], order: readonly number[]): Buffer;
  /** Elements `start` to `start + length` of the axis. */
  slice(x: Buffer, axis: Axis, start: number, length: number): Buffer;
  /** Copies x [outer, length, inner] into `target` at `start` of its axis, in place. */
  place(target: Buffer, axis: Axis, start: number, x: Buffer): void;
  /** Keeps the elements of each [rows, columns] matrix on one side of a diagonal, zeros elsewhere. */
  triangle(x: Buffer, rows: number, columns: number, diagonal: number, side: "lower" | "upper"): Buffer;

  /** A copy of values that are read again and again, a parameter's: where products read them best. */
  keep(values: Buffer): Buffer;
  /** Zeros to be filled by `place`, a cache's, which attention reads where they lie. */
  reserve(size: number): Buffer;
  /** As `keep`, for a matrix of few bits a number. */
  keepQuantized(matrix: Quantized): Quantized;
  /**
   * x [rows, columns] · matrixᵀ + bias [matrix.rows]. For few rows, x may be rounded to 8 bits a number in blocks of 32, so
   * that whole numbers are multiplied: each product is then within 1/254 of the block's largest |x| times its weight.
   */
  multiplyQuantized(x: Buffer, matrix: Quantized, rows: number, bias?: Buffer): Buffer;
  /** The products, and to every row of each a bias [n] if there is one. */
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

  /** Turns each pair by its angle, or back if `inverse`. */
  rotary(x: Buffer, cosines: Buffer, sines: Buffer, spec: RotarySpec, inverse: boolean): Buffer;

  attention(q: Buffer, k: Buffer, v: Buffer, spec: AttentionSpec): { output: Buffer; logSumExp: Buffer };
  attentionGradient(
    q: Buffer,
    k: Buffer,
    v: Buffer,
    spec: AttentionSpec,
    saved: { output: Buffer; logSumExp: Buffer },
    gradient: Buffer,
  ): { q: Buffer; k: Buffer; v: Buffer; bias: Buffer | undefined };

  /** The loss of each row, −weight · log softmax(logits)[target]. */
  crossEntropy(logits: Buffer, spec: LossSpec): Buffer;
  crossEntropyGradient(logits: Buffer, spec: LossSpec, gradient: Buffer): Buffer;

  /** One AdamW step, in place on the parameter and both moments. */
  adamW(parameter: Buffer, gradient: Buffer, first: Buffer, second: Buffer, spec: AdamWSpec): void;
}
