/**
 * Immutable float32 tensors whose shapes the compiler checks, operations as free functions, exact gradients and seeded
 * random numbers.
 *
 * @module tensor
 */
export { FormatError, type FormatProblem, ShapeError } from "../errors";
export {
  type GradientOptions,
  type Gradients,
  grad,
  type HasParameters,
  type Over,
  valueAndGradients,
} from "./gradient";
export type { Ids } from "./ids";
export { initials } from "./initials";
export { full, ones, tensor, zeros } from "./make";
export * from "./operations/activations";
export { attend, attention, attentionWeights } from "./operations/attention";
export type { AttentionOptions, Mask } from "./operations/attention-options";
export {
  expand,
  type RepeatOptions,
  repeat,
  type SqueezeOptions,
  squeeze,
  unsqueeze,
} from "./operations/axes";
export { checkpoint } from "./operations/checkpoint";
export { type ClampOptions, clamp } from "./operations/clamp";
export { type ContrastiveOptions, contrastive } from "./operations/contrastive";
export { type Conv1dOptions, type Conv2dOptions, conv1d, conv2d } from "./operations/convolution/conv";
export { type CustomOptions, custom } from "./operations/custom";
export { type DropoutOptions, dropout } from "./operations/dropout";
export { einsum } from "./operations/einsum/einsum";
export {
  add,
  divide,
  erf,
  exp,
  log,
  multiply,
  relu,
  sigmoid,
  silu,
  sqrt,
  subtract,
  tanh,
} from "./operations/elementwise";
export { type EmbeddingOptions, embedding } from "./operations/embedding";
export * from "./operations/functions";
export { type GatedOptions, type GeluOptions, gated, gelu, glu } from "./operations/gated";
export { gather, type Index, indexSelect, scatterAdd } from "./operations/gather";
export { type GroupNormOptions, groupNorm } from "./operations/group-norm";
export { concatenate, stack } from "./operations/join";
export {
  permute,
  reshape,
  type TransposeOptions,
  type TriangleOptions,
  transpose,
  tril,
  triu,
} from "./operations/layout";
export { type CrossEntropyOptions, crossEntropy } from "./operations/loss";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  type KlDivergenceOptions,
  klDivergence,
  meanSquaredError,
  type NegativeLogLikelihoodOptions,
  negativeLogLikelihood,
} from "./operations/losses";
export { linear, matmul } from "./operations/matmul";
export { type EpsilonOption, layerNorm, logSoftmax, rmsNorm, softmax } from "./operations/normalization";
export { type OneHotOptions, oneHot } from "./operations/one-hot";
export { outer } from "./operations/outer";
export { type PadOptions, pad } from "./operations/pad";
export * from "./operations/pairs";
export { mean, sum } from "./operations/reduction";
export { type HeadShape, type RotaryOptions, rotary, rotaryFrequencies } from "./operations/rotary";
export { maskedFill, where } from "./operations/select";
export {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type NormalizeOptions,
  normalize,
} from "./operations/similarity";
export {
  type ChunkOptions,
  chunk,
  flip,
  type SliceOptions,
  type SplitOptions,
  slice,
  split,
} from "./operations/slice";
export {
  type ArgOptions,
  argmax,
  argmin,
  type Sorted,
  type SortOptions,
  sort,
  type TopKOptions,
  topK,
} from "./operations/sorting";
export {
  cumulativeSum,
  logSumExp,
  max,
  min,
  type NormOptions,
  norm,
  product,
  type VarianceOptions,
  variance,
} from "./operations/statistics";
export { stopGradient } from "./operations/stop-gradient";
export type { LossReduction, ReductionOption, TargetOptions, Targets } from "./operations/targets";
export { type UnfoldOptions, unfold, type WindowsOptions, windows } from "./operations/windows";
export { type Initial, Parameter } from "./parameter";
export { Random, type RandomState, random } from "./random";
export { hessianVectorProduct, jacobian } from "./second-order";
export type { AlongOptions, AxisOption, AxisOptions } from "./shape";
export type { Misfit, NestedArray, Shape } from "./shape-types";
export { type RankedTensor, type SavedTensor, Tensor } from "./tensor";
export type { Vectors } from "./vectors";
