import { kernels } from "../kernels";
import { logSum as primitive } from "../kernels/internal";

/**
 * log Σ e^x of a token's scores, as float32 gives it; NaN if one is NaN or Infinity, or if none is finite. Kernels of a
 * device do not see scores, which have been read from it.
 */
export const logSum = (scores: Float32Array): number => {
  const own = kernels();
  return own.holds(scores) ? own.run(primitive, scores) : primitive.reference(scores);
};
