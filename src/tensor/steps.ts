import type {
  AttentionSpec,
  Axis,
  Binary,
  Buffer,
  ConvolutionSpec,
  IndexBuffer,
  Kept,
  LossSpec,
  MatmulSpec,
  NormSpec,
  RotarySpec,
  Settings,
  Unary,
  View,
} from "../kernels";
import type { DifferentiableMapping, DifferentiablePairing, DifferentiableReduction } from "./differentiable";
import type { Role } from "./operations/convolution/convolve";
import type { Tensor } from "./tensor";

interface Operation<Inputs extends readonly (Tensor | undefined)[], Spec = undefined> {
  inputs: Inputs;
  spec: Spec;
}

/** Places along an axis. */
export interface Places {
  axis: Axis;
  places: IndexBuffer;
  /** The targets, if what is taken are their probabilities: whoever averages losses asks whether any counts. */
  of?: LossSpec | undefined;
}

type RunningSum = (x: Tensor, axis: Axis, backward: boolean) => Tensor;
type Convolution = (gives: Role, a: Tensor, b: Tensor, plan: ConvolutionSpec) => Tensor;

/**
 * Every operation that has its own gradient: its input tensors and what else its gradient needs. The gradient table
 * covers all these names, so an operation without a gradient does not compile.
 *
 * An operation that is its own gradient, and that few models use, brings itself as `again`: so a page that trains has its
 * kernels only if it calls it.
 */
export interface Operations {
  unary: Operation<[x: Tensor, factor: Tensor | undefined], Unary>;
  binary: Operation<[a: Tensor, b: Tensor], Binary>;
  map: Operation<[x: Tensor], { f: DifferentiableMapping; settings: Settings }>;
  pair: Operation<[a: Tensor, b: Tensor], { f: DifferentiablePairing }>;
  reduce: Operation<[x: Tensor], { f: DifferentiableReduction; setting: number; axis: Axis }>;
  cumulativeSum: Operation<[x: Tensor], { axis: Axis; backward: boolean; again: RunningSum }>;
  clamp: Operation<[x: Tensor], { minimum: number; maximum: number }>;
  where: Operation<[a: Tensor, b: Tensor], { condition: Tensor }>;
  dropout: Operation<[x: Tensor], Kept>;
  sum: Operation<[x: Tensor], Axis>;
  reshape: Operation<[x: Tensor]>;
  readView: Operation<[x: Tensor], View>;
  addView: Operation<[y: Tensor], View>;
  take: Operation<[x: Tensor], Places>;
  put: Operation<[x: Tensor], Places>;
  concatenate: Operation<readonly Tensor[], { axis: number }>;
  triangle: Operation<[x: Tensor], { diagonal: number; side: "lower" | "upper" }>;
  matmul: Operation<[a: Tensor, b: Tensor], Pick<MatmulSpec, "transposeA" | "transposeB">>;
  linear: Operation<[x: Tensor, weight: Tensor, bias: Tensor | undefined], { rows: number }>;
  convolution: Operation<
    [a: Tensor, b: Tensor, bias: Tensor | undefined],
    { gives: Role; plan: ConvolutionSpec; again: Convolution }
  >;
  softmax: Operation<[x: Tensor], Axis>;
  logSoftmax: Operation<[x: Tensor], Axis>;
  layerNorm: Operation<[x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined], NormSpec>;
  rmsNorm: Operation<[x: Tensor, weight: Tensor | undefined], NormSpec>;
  embedding: Operation<[weight: Tensor], { ids: Int32Array }>;
  rotary: Operation<[x: Tensor], { cosines: Buffer; sines: Buffer; spec: RotarySpec; inverse: boolean }>;
  attention: Operation<
    [q: Tensor, k: Tensor, v: Tensor, bias: Tensor | undefined],
    { spec: AttentionSpec; statistics: Buffer }
  >;
  crossEntropy: Operation<[logits: Tensor], LossSpec>;
  custom: Operation<readonly Tensor[], CustomGradient>;
  checkpoint: Operation<readonly Tensor[], { again: () => Tensor }>;
}

/** The gradient of a user's own operation, and what errors call it. */
export interface CustomGradient {
  name: string;
  gradient: (gradient: Tensor, step: { inputs: readonly Tensor[]; output: Tensor }) => unknown;
}

/** One operation that has run. */
export interface Step<Name extends keyof Operations = keyof Operations> {
  name: Name;
  inputs: Operations[Name]["inputs"];
  spec: Operations[Name]["spec"];
  output: Tensor;
}
