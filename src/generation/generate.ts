import { type Ids, Tensor } from "../tensor";
import { type Choice, decode } from "./decode";
import type { GenerativeModel } from "./language-model";
import { refuseScores } from "./option-checks";
import type { GenerateOptions, NewToken } from "./options";
import { type Plan, planOf } from "./plan";
import { beamsOf } from "./search/beam-search";
import { refuseBeams } from "./search/settings";

/** The result of `generate`. */
export interface Generated {
  /**
   * Each row, from the first token of the prompt (padding included) or an encoder-decoder's start token, to its own end
   * token. Rows that end early are not padded.
   */
  sequences: number[][];
  /** With `outputScores`: for each row, the scores that each new token was chosen from; −∞ for excluded tokens. */
  scores?: Tensor<readonly [newTokens: number, vocabSize: number]>[] | undefined;
  /**
   * With `beams`: for each row, the sum of its new tokens' log-probabilities after the processors, divided by their
   * number to the power of `lengthPenalty`.
   */
  sequenceScores?: number[] | undefined;
}

/**
 * Continues each row of ids [batch][seq], one token at a time. For an `EncoderDecoderModel` the ids are the source: it
 * is encoded once, and the target starts with `config.startToken`.
 *
 * The same seed gives the same result, and a row's result does not depend on the other rows. The event loop runs
 * between tokens, so that a page stays responsive.
 *
 * @throws TypeError for an option that is unknown or of the wrong kind, or ids that are not [batch][seq]; RangeError
 * for a wrong value, an id outside the vocabulary, or a prompt that is empty or does not fit into the context;
 * ShapeError for ragged rows or a mask of another shape; Error that names the step if the model's scores are NaN or
 * Infinity; the signal's reason once it is aborted
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.1, for decoding one token at a time
 * @example
 * ```ts
 * import { generate, gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const { sequences } = await generate(model, [[1, 2, 3]], { maxNewTokens: 4 });
 * sequences[0]?.length; // 7
 * ```
 */
export async function generate(model: GenerativeModel, ids: Ids, options: GenerateOptions = {}): Promise<Generated> {
  const plan = planOf(model, ids, options);
  if (plan.settings.search.beams > 1) return searched(plan);
  const sequences = plan.start.map((row) => [...row]);
  const kept: Float32Array[][] = sequences.map(() => []);
  for await (const { row, id, scores } of decode(plan)) {
    sequences[row]!.push(id);
    if (plan.settings.outputScores) kept[row]!.push(scores);
  }
  if (!plan.settings.outputScores) return { sequences };
  return { sequences, scores: kept.map((rows) => stacked(rows, plan.writer.sizes.vocabSize)) };
}

/**
 * The tokens of `generate` as they are generated, step by step and row by row. Leaving the loop stops generation.
 *
 * @throws as `generate`: for wrong arguments at the call, for the rest while iterating
 * @example
 * ```ts
 * import { generateStream, gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const rows: number[] = [];
 * for await (const { row } of generateStream(model, [[1], [2]], { maxNewTokens: 2 })) rows.push(row);
 * rows; // [0, 1, 0, 1]
 * ```
 */
export function generateStream(
  model: GenerativeModel,
  ids: Ids,
  options: GenerateOptions = {},
): AsyncIterable<NewToken> {
  const plan = planOf(model, ids, options);
  refuseScores("generateStream", options);
  refuseBeams("generateStream", plan.settings.search);
  return tokensOf(plan);
}

async function* tokensOf(plan: Plan): AsyncGenerator<NewToken> {
  for await (const { row, id } of decode(plan)) yield { row, id };
}

async function searched(plan: Plan): Promise<Generated> {
  const found = (await beamsOf(plan)).flat();
  const { outputScores } = plan.settings;
  return {
    sequences: found.map(({ ids }) => [...ids]),
    sequenceScores: found.map(({ score }) => score),
    ...(outputScores && {
      scores: found.map(({ trail }) =>
        stacked(
          trail.map(({ scores }) => scores),
          plan.writer.sizes.vocabSize,
        ),
      ),
    }),
  };
}

/** [newTokens] of [vocabSize] → [newTokens, vocabSize] */
function stacked(rows: readonly Choice["scores"][], vocabSize: number) {
  const values = new Float32Array(rows.length * vocabSize);
  rows.forEach((row, i) => {
    values.set(row, i * vocabSize);
  });
  return new Tensor([rows.length, vocabSize] as const, values);
}
