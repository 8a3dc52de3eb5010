// Over 200 lines: everything that kernels are told, in one list to look up.
import type { Buffer } from "./buffers";

/** Kinds of WebAssembly: with relaxed SIMD, whose rounding may differ between processors, and without. */
export type Flavor = "relaxed" | "strict";

/** Functions of one number, applied to every element. */
export type Unary = "relu" | "gelu" | "geluTanh" | "silu" | "sigmoid" | "tanh" | "erf" | "exp" | "log" | "sqrt";

/** Functions of two numbers, applied to every pair of elements. */
export type Binary = "add" | "subtract" | "multiply" | "divide";

/** The functions of one number, of two, and of the numbers along an axis that vector instructions are written for. */
export type MapVector =
  | ("abs" | "sign" | "round" | "rsqrt" | "hardSwish" | "leakyRelu" | "clamp")
  | ("sin" | "cos" | "log1p" | "expm1" | "mish" | "geluSigmoid" | "softplus" | "elu");
/** The functions of two numbers that have vector instructions. */
export type PairVector =
  | ("maximum" | "minimum" | "power")
  | ("equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual");
/** The reductions that have vector instructions. */
export type ReduceVector = "max" | "min" | "logSumExp" | "product" | "variance" | "norm";

/** Numbers that a function takes beside its operands, such as the slope of a leaky ReLU. */
export type Settings = readonly number[];

/** A function of one number for every element: what an elementwise operation is made of. */
export interface Mapping {
  readonly name: string;
  /** The vector instructions for it, or undefined where none are written. */
  readonly vector: MapVector | undefined;
  /** The number, in float64; up to two settings follow it. */
  readonly value: (x: number, first: number, second: number) => number;
}

/** A function of two numbers for every pair of elements. */
export interface Pairing {
  readonly name: string;
  /** The vector instructions for it, or undefined where none are written. */
  readonly vector: PairVector | undefined;
  /** The number, in float64. */
  readonly value: (a: number, b: number) => number;
}

/** A function of the numbers along an axis. */
export interface Reduction {
  readonly name: string;
  /** The vector instructions for it, or undefined where none are written. */
  readonly vector: ReduceVector | undefined;
  /** The number of a line, in float64. */
  readonly value: (line: Float64Array, setting: number) => number;
  /** Whether a line without numbers has no value. */
  readonly needsElements?: ((setting: number) => boolean) | undefined;
}

/** How two operands broadcast: the shape of the result, and each operand's step per axis (0 where it is broadcast). */
export interface Broadcast {
  shape: readonly number[];
  stepsA: readonly number[];
  stepsB: readonly number[];
}

/** How a condition and its two operands broadcast. */
export interface Selection extends Broadcast {
  stepsCondition: readonly number[];
}

/** Elements of a tensor as another shape: index i is element start + Σ iₐ · stepsₐ. A step is 0 or negative, too. */
export interface View {
  shape: readonly number[];
  start: number;
  steps: readonly number[];
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
  /** a is stored as [k, m]. */
  transposeA: boolean;
  /** b is stored as [n, k], the layout of a linear layer's weight. */
  transposeB: boolean;
  batchA: readonly number[];
  batchB: readonly number[];
}

/** One axis that a kernel of a convolution moves along. */
export interface Along {
  /** Of x. */
  size: number;
  kernel: number;
  /** From one place of the kernel to the next. */
  stride: number;
  /** From one element of the kernel to the next. */
  dilation: number;
  /** Zeros before and after x. */
  before: number;
  after: number;
  /** The places of the kernel: the size of the result. */
  places: number;
}

/** A convolution of x [batch, channels, …] by a weight [out, channels / groups, …], along two axes. */
export interface ConvolutionSpec {
  batch: number;
  channels: number;
  out: number;
  groups: number;
  axes: readonly [Along, Along];
}

/** Rows of `size` numbers, each normalized separately. */
export interface NormSpec {
  rows: number;
  size: number;
  epsilon: number;
}

/** Rotary embedding of [rows, heads, headDim]; row r rotates by the angles `[r, dimensions / 2]`. */
export interface RotarySpec {
  rows: number;
  heads: number;
  headDim: number;
  /** The number of leading dimensions of each head to rotate; the rest stay unchanged. */
  dimensions: number;
  /** Pairs are (2i, 2i + 1) instead of (i, i + dimensions / 2). */
  interleaved: boolean;
}

/** Numbers that broadcast to [batch, heads, queries, keys], with a step per axis. */
export interface Spread<Numbers = Buffer> {
  values: Numbers;
  shape: readonly number[];
  steps: readonly [number, number, number, number];
}

/**
 * Attention of q [batch, queries, heads, headDim] over k, v [batch, capacity, keyValueHeads, …], of which `keys` are in
 * use. Scores are c · tanh(q kᵀ · scale / c) + bias with a softcap c, q kᵀ · scale + bias without.
 */
export interface AttentionSpec<Numbers = Buffer> {
  batch: number;
  queries: number;
  keys: number;
  /** The number of keys that k and v have room for; in a cache it is more than `keys`. */
  capacity: number;
  /**
   * Texts of different lengths end to end, without padding: q [rows, heads, headDim], k and v likewise; text b has the rows
   * from starts[b] up to starts[b + 1]. `batch` is the number of texts, and `queries`, `keys` and `capacity` are the
   * length of the longest. Not together with `kept`, and not for gradients.
   */
  starts?: Int32Array | undefined;
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
  /** 0 hides a key, any other number keeps it. */
  mask: Spread<Numbers> | undefined;
  /** −Infinity hides a key. */
  bias?: Spread<Numbers> | undefined;
  /** The elements of [batch, heads, queries, keys] whose weights dropout keeps, after normalization. */
  kept?: Kept | undefined;
}

/** The result of attention, and what its gradient needs. */
export interface Attended<Numbers = Buffer> {
  /** [batch, queries, heads, valueDim] */
  output: Numbers;
  /**
   * Of shape [batch, queries, heads, 2]: a row's greatest score and the sum of exp(score − greatest); −Infinity and 0
   * if no key is seen. They are two numbers because a single log-sum-exp would lose the sum to rounding next to a score
   * of −1e9.
   */
  statistics: Numbers;
}

/** The sizes of a loss over classes. */
export interface LossSpec<Numbers = Buffer> {
  rows: number;
  classes: number;
  /** One class per row; a row of `ignoreIndex` has no loss. */
  targets: Int32Array;
  ignoreIndex: number;
  /** A weight for each class. */
  weight: Numbers | undefined;
}

/** The numbers of one step of AdamW. */
export interface AdamWSpec {
  learningRate: number;
  betas: readonly [number, number];
  epsilon: number;
  weightDecay: number;
  /** The number of this step, from 1. */
  step: number;
}

/** The random words of a key from word `start` on: word n depends only on the key and n. */
export interface RandomStream {
  /** Two whole numbers from 0 to 2³² − 1. */
  key: readonly [first: number, second: number];
  start: number;
}

/** The elements that dropout keeps. */
export interface Kept {
  /** Bit i mod 8, counted from the lowest, of byte ⌊i / 8⌋ is 1 if element i is kept. */
  bits: Uint8Array;
  /** The share that is zeroed; the others are multiplied by 1 / (1 − rate). */
  rate: number;
}
