import type { Primitive } from "./primitive";
import { survey as wasm } from "./wasm/survey";

/** What is asked of a token's scores at each step. */
export interface Survey extends Record<string, unknown> {
  /** The greatest score; NaN is ignored. */
  readonly most: number;
  /** The first token that has it; −1 if a score is NaN or Infinity, or none is finite. */
  readonly best: number;
  /** log Σ e^x as float32 gives it, if it is asked for; NaN where `best` is −1. */
  readonly logSum: number | undefined;
}

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
