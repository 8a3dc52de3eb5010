/**
 * Tools to look inside a model: record and change what its blocks compute, take apart what it says, and compare the
 * vectors of words.
 *
 * @module inspect
 */
export { attentionRollout, type RolloutOptions } from "./attention-rollout";
export type { LogitAttribution } from "./attribution-parts";
export { type DescribeOptions, describe } from "./describe";
export type { Description } from "./description";
export { diff } from "./diff";
export type { Difference, ParameterDifference } from "./difference";
export type { HeadScoreOptions, ScoredModel } from "./head-scores";
export { inductionScores } from "./induction-scores";
export { type InspectOptions, inspect } from "./inspect";
export type { Inspected } from "./inspected";
export {
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
} from "./integrated-gradients";
export { type LogitAttributionOptions, logitAttribution } from "./logit-attribution";
export { type LayerLogits, type LensModel, logitLens } from "./logit-lens";
export { onlyAt, type Spots } from "./only-at";
export { patch } from "./patch";
export { previousTokenScores } from "./previous-token-scores";
export type { Patch, Patches } from "./recorder";
export type { SimilarWord, WordSource, WordTokenizer } from "./word-table";
export { analogy, nearest, type SimilarOptions } from "./word-vectors";
