/** Scores the next token of each row of a batch. A search works with this, and knows neither the model nor its cache. */
export interface Scorer {
  /** The scores for each row's next token, [rows] of [vocabSize]. */
  scores(): Promise<Float32Array[]>;
  /** The model's own scores, where those of the last `scores()` are others. */
  readonly logits?: readonly Float32Array[];
  /** Appends one token to each row. */
  push(tokens: readonly number[]): void;
  /** Makes these rows the batch, in this order. A row may come more than once, as with beams, or not at all. */
  reorder(rows: readonly number[]): void;
}
