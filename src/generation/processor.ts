import type { Random } from "../tensor";

/** What a processor may use besides the scores. */
export interface ScoreContext {
  /** The row's tokens so far, the prompt included, without padding. */
  readonly ids: readonly number[];
  /** The prompt, or the source of an encoder-decoder, without padding. */
  readonly source: readonly number[];
  /** The number of new tokens among `ids`. */
  readonly step: number;
  /** The largest number of new tokens. */
  readonly limit: number;
  /** Whether there is room for only one more token. */
  readonly last: boolean;
  /** The row's random numbers; undefined unless tokens are sampled. */
  readonly random: Random | undefined;
  /**
   * What processors keep between the steps of a row. The values are never changed in place, so that a beam can copy the
   * map when it splits.
   */
  readonly memory: Map<object, unknown>;
}

/**
 * A function from a row's scores [vocabSize] to new ones; −∞ excludes a token. It returns another array, or the same one
 * if nothing changes, and never writes into the one it is given.
 */
export type Processor = (scores: Float32Array, context: ScoreContext) => Float32Array;
