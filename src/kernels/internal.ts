/** What the floors above need from this one, but callers of the package do not. */
export { device, holdKernels } from "./current";
export { encodeLayers } from "./encoder-layer";
export { feedForward } from "./gated-layer";
export type { EncoderLayer, GatedLayer, LayerFactor } from "./layers";
export { BLOCK, dequantize, dequantizeRows, type QuantizedFactor, quantize } from "./quantized";
export { keepQuantized, multiplyQuantized, multiplyQuantizedByEach, quantizedLayers } from "./quantized-products";
export { crests, shown } from "./reference/bias";
export { extreme, flatten, put, take } from "./reference/choosing";
export { depthwise } from "./reference/depthwise";
export { sizeOf } from "./reference/elementwise";
export {
  cumulativeSum,
  map,
  pair,
  reduce,
  sum,
} from "./reference/functions";
export { join } from "./reference/layout";
export { magnitude } from "./reference/magnitude";
export { order } from "./reference/sorting";
export { threefry, Words } from "./reference/threefry";
export { addView, readView } from "./reference/view";
export type {
  HeldRows,
  RowAttention,
  RowCache,
  RowChain,
  RowProgram,
  RowState,
  RowStep,
  RowValue,
} from "./row-program";
export { runRow } from "./run-row";
export { forgetSpare, giveBack, roomFor } from "./spare";
export { survey } from "./survey";
export type { Survey } from "./survey-result";
export {
  adamW,
  attentionGradient,
  clampGradient,
  crossEntropy,
  crossEntropyGradient,
  divideGradient,
  layerNormGradient,
  logSoftmaxGradient,
  rmsNormGradient,
  scatterRows,
  softmaxGradient,
  unaryGradient,
} from "./training";
