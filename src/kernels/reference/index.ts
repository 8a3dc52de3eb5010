import type { Kernels } from "../kernels";
import { adamW } from "./adamw";
import { attention, attentionGradient } from "./attention";
import { binary, clamp, clampGradient, divideGradient, unary, unaryGradient, where } from "./elementwise";
import { place, triangle } from "./layout";
import { crossEntropy, crossEntropyGradient } from "./loss";
import { matmul, multiplyQuantized } from "./matmul";
import { layerNorm, layerNormGradient, rmsNorm, rmsNormGradient } from "./norm";
import { gatherRows, rotary, scatterRows } from "./positions";
import { choosePlaces, dropout, normal, words } from "./random";
import { logSoftmax, logSoftmaxGradient, softmax, softmaxGradient, sum } from "./reduction";

/** Plain TypeScript to be read next to the formula. It defines the correct results: sums are accumulated in float64. */
export const referenceKernels: Kernels<Float32Array> = {
  name: "reference",
  simd: false,
  adamW,
  attention,
  attentionGradient,
  binary,
  choosePlaces,
  clamp,
  clampGradient,
  crossEntropy,
  crossEntropyGradient,
  dropout,
  divideGradient,
  gatherRows,
  keep: (values) => values.slice(),
  fill: (size, value) => (Object.is(value, 0) ? new Float32Array(size) : new Float32Array(size).fill(value)),
  holds: (buffer) => buffer instanceof Float32Array,
  keepQuantized: (matrix) => matrix,
  multiplyQuantized,
  layerNorm,
  layerNormGradient,
  logSoftmax,
  logSoftmaxGradient,
  matmul,
  normal,
  place,
  reserve: (sizes) => sizes.map((size) => new Float32Array(size)),
  rmsNorm,
  rmsNormGradient,
  rotary,
  // On the CPU every buffer is a Float32Array.
  run: (primitive, ...args) => primitive.reference(...args) as never,
  scatterRows,
  softmax,
  softmaxGradient,
  sum,
  triangle,
  unary,
  unaryGradient,
  upload: (numbers) => numbers,
  where,
  words,
};
