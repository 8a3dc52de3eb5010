import { kernels } from "../kernels";
import { survey as primitive, type Survey } from "../kernels/internal";

/**
 * The greatest of a token's scores, and, if `sums`, log Σ e^x as float32 gives it. Kernels of a device do not see scores,
 * which have been read from it.
 */
export const survey = (scores: Float32Array, sums: boolean): Survey => {
  const own = kernels();
  return own.holds(scores) ? own.run(primitive, scores, sums) : primitive.reference(scores, sums);
};

/** log Σ e^x of a token's scores: NaN if one is NaN or Infinity, or if none is finite. */
export const logSum = (scores: Float32Array): number => survey(scores, true).logSum!;
