import { type HeadScoreOptions, headScores, type ScoredModel } from "./head-scores";

/**
 * How much each head is an induction head: on random tokens t₁ … tₙ that come twice, the mean weight that a query in the
 * second half gives to the token after the same token in the first half, wᵢ,ᵢ₋ₙ₊₁. From 0 to 1; a head that copies
 * what came next scores 1.
 *
 * @returns by the path of the attention layer, `blocks.5.attention`, one number for each head
 * @throws RangeError if the context is too short; TypeError for a model that does not say its sizes
 * @see Olsson et al. 2022, In-context Learning and Induction Heads (arXiv 2209.11895), the prefix matching score
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { inductionScores } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const scores = inductionScores(model);
 * [...scores.keys()];                          // ["blocks.0.attention", "blocks.1.attention"]
 * scores.get("blocks.0.attention")?.length; // 2
 * ```
 */
export const inductionScores = (model: ScoredModel, options: HeadScoreOptions = {}): Map<string, number[]> =>
  headScores("inductionScores", model, options, { first: (length) => length, back: (length) => length - 1 });
