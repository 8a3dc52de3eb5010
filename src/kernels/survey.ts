import type { Primitive } from "./primitive";
import type { Survey } from "./survey-result";
import { survey as wasm } from "./wasm/survey";

/** The greatest of a token's scores, for a whole vocabulary, and, if `sums`, log Σ e^x. */
export const survey: Primitive<[scores: Float32Array, sums: boolean], Survey> = {
  name: "survey",
  reference(scores, sums) {
    const most = scores.reduce((a, b) => (b > a ? b : a), Number.NEGATIVE_INFINITY);
    const isUsual = most > Number.NEGATIVE_INFINITY && scores.every((score) => score < Number.POSITIVE_INFINITY);
    const best = isUsual ? scores.indexOf(most) : -1;
    if (!sums) return { most, best, logSum: undefined };
    const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0);
    return { most, best, logSum: isUsual ? most + Math.log(sum) : Number.NaN };
  },
  wasm,
};
