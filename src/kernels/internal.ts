/** What the floors above need of this one, and no caller of the package. */
export { holdKernels } from "./current";
export { BLOCK, dequantizeRows, quantizeRows } from "./quantized";
export {
  cumulativeSum,
  map,
  mapGradient,
  pair,
  pairGradient,
  reduce,
  reduceGradient,
} from "./reference/functions";
export { threefry, Words } from "./reference/threefry";
