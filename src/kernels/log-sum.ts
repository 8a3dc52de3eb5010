import type { Primitive } from "./primitive";
import { logSum as wasm } from "./wasm/log-sum";

/**
 * log Σ e^x of a token's scores, as float32 gives it: NaN if one is NaN or Infinity, or if none is finite. It is asked for
 * at each token, for a whole vocabulary.
 */
export const logSum: Primitive<[scores: Float32Array], number> = {
  name: "logSum",
  reference: (scores) => {
    const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
  },
  wasm,
};
