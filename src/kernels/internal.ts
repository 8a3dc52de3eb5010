/** What the floors above need from this one, but callers of the package do not. */
export { holdKernels } from "./current";
export { BLOCK, dequantizeRows, quantizeRows } from "./quantized";
export { extreme, put, take } from "./reference/choosing";
export { forEachRow, sizeOf } from "./reference/elementwise";
export {
  cumulativeSum,
  map,
  pair,
  reduce,
} from "./reference/functions";
export { join } from "./reference/layout";
export { order } from "./reference/sorting";
export { threefry, Words } from "./reference/threefry";
export { addView, readView } from "./reference/view";
