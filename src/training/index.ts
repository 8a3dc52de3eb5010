/**
 * Optimizers, learning rate schedules, the training loop, and word vectors by skip-gram.
 *
 * @module training
 */
export { AdamW, adamW, type StepOptions } from "./adamw";
export type { AdamWOptions } from "./adamw-options";
export type { CountedLoss } from "./average";
export type { Batches } from "./batches";
export { type ClipOptions, clipGradients, gradientNorm } from "./clip";
export type { Optimizer, ParameterGradients } from "./optimizer";
export {
  constant,
  type DecayOptions,
  type InverseSquareRootOptions,
  inverseSquareRoot,
  linear,
  type Schedule,
  type WarmupOptions,
  warmupCosine,
  warmupLinear,
} from "./schedules";
export { SkipGram, type SkipGramBatch, type SkipGramConfig } from "./skip-gram";
export { type SkipGramOptions, skipGramBatches } from "./skip-gram-batches";
export type { StoredTensors, StoredValues } from "./stored-values";
export { train } from "./train";
export type { SavedState, StepReport, TrainOptions } from "./train-options";
