import type { Kernels } from "../kernels";
import { attention } from "./attention";
import { binary, unary, where } from "./elementwise";
import { place, triangle } from "./layout";
import { matmul, multiplyRow } from "./matmul";
import { layerNorm, rmsNorm } from "./norm";
import { gatherRows, rotary } from "./positions";
import { choosePlaces, dropout, normal, words } from "./random";
import { logSoftmax, softmax } from "./reduction";

/** Plain TypeScript to be read next to the formula. It defines the correct results: sums are accumulated in float64. */
export const referenceKernels: Kernels<Float32Array> = {
  name: "reference",
  simd: false,
  attention,
  binary,
  choosePlaces,
  dropout,
  gatherRows,
  keep: (values) => values.slice(),
  fill: (size, value) => (Object.is(value, 0) ? new Float32Array(size) : new Float32Array(size).fill(value)),
  holds: (buffer) => buffer instanceof Float32Array,
  multiplyRow,
  layerNorm,
  logSoftmax,
  matmul,
  normal,
  place,
  room: (size) => new Float32Array(size),
  reserve: (sizes) => sizes.map((size) => new Float32Array(size)),
  rmsNorm,
  rotary,
  // On the CPU every buffer is a Float32Array.
  run: (primitive, ...args) => primitive.reference(...args) as never,
  softmax,
  triangle,
  unary,
  upload: (numbers) => numbers,
  where,
  words,
};
