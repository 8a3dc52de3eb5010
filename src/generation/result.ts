import { Tensor } from "../tensor";
import type { End } from "./options";
import type { Plan } from "./plan";

/** The result of `generate`. */
export interface Generated {
  /**
   * Each row, from the first token of the prompt (padding that a mask hides included) or an encoder-decoder's start
   * token, to its own end token. Rows that end early are not padded.
   */
  sequences: number[][];
  /** Why each row ended. */
  ends: End[];
  /** With `outputScores`: for each row, the scores that each new token was chosen from; −∞ for excluded tokens. */
  scores?: TokenScores[] | undefined;
  /** With `outputLogits`: for each row, the model's own scores for each new token. */
  logits?: TokenScores[] | undefined;
  /**
   * With `beams`: for each row, the sum of its new tokens' log-probabilities after the processors, divided by their
   * number to the power of `lengthPenalty`.
   */
  sequenceScores?: number[] | undefined;
}

/** Scores of the tokens that could have come, for each new token of a row. */
export type TokenScores = Tensor<readonly [newTokens: number, vocabSize: number]>;

/** A row that has ended. */
export interface Row {
  /** The new tokens. */
  readonly ids: readonly number[];
  readonly end: End;
  /** For each new token, what it was chosen from, if that is asked for. */
  readonly trail: readonly { readonly scores: Float32Array; readonly logits: Float32Array }[];
  /** Of a search that compares whole rows. */
  readonly score?: number;
}

/** The result of these rows, of which each prompt has equally many. */
export function resultOf({ shown, settings, writer }: Plan, rows: readonly Row[]): Generated {
  const { outputScores, outputLogits } = settings;
  const copies = rows.length / shown.length;
  const stackedBy = (kind: "scores" | "logits") =>
    rows.map(({ trail }) =>
      stacked(
        trail.map((token) => token[kind]),
        writer.sizes.vocabSize,
      ),
    );
  return {
    sequences: rows.map(({ ids }, row) => [...shown[Math.floor(row / copies)]!, ...ids]),
    ends: rows.map(({ end }) => end),
    ...(outputScores && { scores: stackedBy("scores") }),
    ...(outputLogits && { logits: stackedBy("logits") }),
    ...(rows.some(({ score }) => score !== undefined) && { sequenceScores: rows.map(({ score }) => score!) }),
  };
}

/** [newTokens] of [vocabSize] → [newTokens, vocabSize] */
function stacked(rows: readonly Float32Array[], vocabSize: number): TokenScores {
  const values = new Float32Array(rows.length * vocabSize);
  rows.forEach((row, i) => {
    values.set(row, i * vocabSize);
  });
  return new Tensor([rows.length, vocabSize] as const, values);
}
