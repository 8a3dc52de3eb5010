/**
 * Optimizers, schedules of the learning rate and the training loop.
 *
 * @module training
 */
export { AdamW, type AdamWOptions, adamW } from "./adamw";
export { clipGradients, gradientNorm } from "./clip";
export type { Optimizer, ParameterGradients } from "./optimizer";
export {
  constant,
  type DecayOptions,
  inverseSquareRoot,
  linear,
  type Schedule,
  type WarmupOptions,
  warmupCosine,
} from "./schedules";
export { type Batches, type StepReport, type TrainOptions, train } from "./train";
