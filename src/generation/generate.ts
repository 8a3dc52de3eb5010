import { type Ids, Tensor } from "../tensor";
import { bestTokens, logSum } from "./choose";
import { type Choice, decode } from "./decode";
import type { GenerativeModel } from "./language-model";
import { refuseScores } from "./option-checks";
import type { End, GenerateOptions, NewToken } from "./options";
import { type Plan, planOf } from "./plan";

/** The result of `generate`. */
export interface Generated {
  /**
   * Each row, from the first token of the prompt (padding included) or an encoder-decoder's start token, to its own end
   * token. Rows that end early are not padded.
   */
  sequences: number[][];
  /** Why each row ended. */
  ends: End[];
  /** With `outputScores`: for each row, the scores that each new token was chosen from; −∞ for excluded tokens. */
  scores?: TokenScores[] | undefined;
  /** With `outputLogits`: for each row, the model's own scores for each new token. */
  logits?: TokenScores[] | undefined;
}

type TokenScores = Tensor<readonly [newTokens: number, vocabSize: number]>;

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
  const { outputScores, outputLogits, sequences: copies, alternatives, onToken } = plan.settings;
  if (alternatives !== undefined && onToken === undefined)
    throw new RangeError("generate: alternatives has no effect without onToken; pass it, or use generateStream");
  const sequences = plan.shown.flatMap((row) => Array.from({ length: copies }, () => [...row]));
  const ends = sequences.map((): End => "length");
  const scores: Float32Array[][] = sequences.map(() => []);
  const logits: Float32Array[][] = sequences.map(() => []);
  for await (const choice of chosen(plan)) {
    sequences[choice.row]!.push(choice.id);
    ends[choice.row] = choice.end ?? "length";
    if (outputScores) scores[choice.row]!.push(choice.scores);
    if (outputLogits) logits[choice.row]!.push(choice.logits);
    onToken?.(newToken(choice, alternatives));
  }
  const stackedRows = (rows: Float32Array[][]) => rows.map((row) => stacked(row, plan.writer.sizes.vocabSize));
  return {
    ...{ sequences, ends },
    ...(outputScores && { scores: stackedRows(scores) }),
    ...(outputLogits && { logits: stackedRows(logits) }),
  };
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
  return tokensOf(plan);
}

async function* tokensOf(plan: Plan): AsyncGenerator<NewToken> {
  const { onToken, alternatives } = plan.settings;
  for await (const choice of chosen(plan)) {
    const token = newToken(choice, alternatives);
    onToken?.(token);
    yield token;
  }
}

/** The choices of a search, until the signal is aborted. */
async function* chosen(plan: Plan): AsyncGenerator<Choice> {
  for await (const choice of decode(plan)) {
    plan.settings.signal?.throwIfAborted();
    yield choice;
  }
}

const newToken = ({ row, id, scores, end }: Choice, alternatives: number | undefined): NewToken => ({
  ...{ row, id, logProbability: scores[id]! - logSum(scores) },
  ...(alternatives !== undefined && { alternatives: bestTokens(scores, alternatives) }),
  ...(end !== undefined && { end }),
});

/** [newTokens] of [vocabSize] → [newTokens, vocabSize] */
function stacked(rows: readonly Float32Array[], vocabSize: number): TokenScores {
  const values = new Float32Array(rows.length * vocabSize);
  rows.forEach((row, i) => {
    values.set(row, i * vocabSize);
  });
  return new Tensor([rows.length, vocabSize] as const, values);
}
