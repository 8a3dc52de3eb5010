import { type HeadScoreOptions, headScores, type ScoredModel } from "./head-scores";

/**
 * How much each head looks at the token before: the mean of the weights wᵢ,ᵢ₋₁ on random tokens, from 0 to 1. Such a
 * head in an early layer is what an induction head in a later one reads.
 *
 * @returns by the path of the attention layer, `blocks.4.attention`, one number for each head
 * @throws RangeError if the context is too short; TypeError for a model that does not say its sizes
 * @see Elhage et al. 2021, A Mathematical Framework for Transformer Circuits, on induction heads
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { previousTokenScores } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * previousTokenScores(model, { length: 8 }).get("blocks.1.attention")?.length; // 2
 * ```
 */
export const previousTokenScores = (model: ScoredModel, options: HeadScoreOptions = {}): Map<string, number[]> =>
  headScores("previousTokenScores", model, options, { first: () => 1, back: () => 1 });
