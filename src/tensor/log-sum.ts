import { kernels } from "../kernels";
import { logSum as primitive } from "../kernels/internal";

/** log Σ e^x of a token's scores, as float32 gives it; NaN if one is NaN or Infinity, or if none is finite. */
export const logSum = (scores: Float32Array): number => kernels().run(primitive, scores);
