/**
 * Text from a model, one token at a time.
 *
 * @module generation
 */

export type { Constraint } from "./constraint";
export { type Generated, generate, generateStream } from "./generate";
export type {
  GenerativeModel,
  LanguageModel,
  SaysSizes,
  SequenceToSequenceModel,
  TextConfig,
} from "./language-model";
export type {
  DryOptions,
  GenerateOptions,
  GuidanceOptions,
  MirostatOptions,
  NewToken,
  WatermarkOptions,
  XtcOptions,
} from "./options";
export type { Processor, ScoreContext } from "./processor";
export type { WatermarkFinding } from "./processors";
export * as processors from "./processors";
