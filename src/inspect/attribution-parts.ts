/** A logit and what it is the sum of. */
export interface LogitAttribution {
  /** The logit, or the difference: the sum of the parts. */
  total: number;
  /** What each part adds, in the order of the run: the embedding, what each layer adds, then `bias`. */
  parts: { place: string; value: number }[];
}
