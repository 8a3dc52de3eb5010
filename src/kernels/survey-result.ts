/** What is asked of a token's scores at each step. */
export interface Survey extends Record<string, unknown> {
  /** The greatest score; NaN is ignored. */
  readonly most: number;
  /** The first token that has it; −1 if a score is NaN or Infinity, or none is finite. */
  readonly best: number;
  /** log Σ e^x as float32 gives it, if it is asked for; NaN where `best` is −1. */
  readonly logSum: number | undefined;
}
