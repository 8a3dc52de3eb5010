/** Scores the next token of each row of a batch. A search works with this, and knows neither the model nor its cache. */
export interface Scorer {
  /** The scores for each row's next token, [rows] of [vocabSize]. */
  scores(): Promise<Float32Array[]>;
  /** Whether nobody else sees the arrays of `scores`. */
  readonly givesScores?: boolean | undefined;
  /** The model's own scores, where those of the last `scores()` are others. */
  readonly logits?: readonly Float32Array[];
  /** Appends one token to each row. */
  push(tokens: readonly number[]): void;
  /** Makes these rows the batch, in this order. A row may come more than once, as with beams, or not at all. */
  reorder(rows: readonly number[]): void;
}

/** A scorer that can score tokens ahead and take them back. */
export interface Foresight extends Scorer {
  /** The scores after each of the last `count` tokens, [rows] of [count] of [vocabSize]. */
  scoresOfLast(count: number): Promise<Float32Array[][]>;
  /** All tokens so far stay: only later ones may be dropped. */
  mark(): void;
  /** Takes back the last tokens of each row. */
  drop(count: number): void;
}

/** Scores for each row's next token, and the last hidden states of its last tokens, [rows] of [count] of [dModel]. */
export interface ScoresAndStates {
  readonly logits: readonly Float32Array[];
  readonly states: readonly (readonly Float32Array[])[];
}
