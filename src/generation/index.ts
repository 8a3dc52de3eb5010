/**
 * Text from a model, one token at a time.
 *
 * @module generation
 */

export type { Constraint } from "./constraint";
export {
  type ConstraintState,
  choices,
  grammar,
  type JsonSchemaOptions,
  jsonSchema,
  regex,
  type StartOptions,
  type TextConstraint,
  type TokenVocabulary,
} from "./constraints";
export { generate, generateStream } from "./generate";
export type {
  GenerativeModel,
  LanguageModel,
  SaysSizes,
  SequenceToSequenceModel,
  TextConfig,
} from "./language-model";
export type {
  Alternative,
  DryOptions,
  End,
  GenerateOptions,
  GuidanceOptions,
  MirostatOptions,
  NewToken,
  WatermarkOptions,
  XtcOptions,
} from "./options";
export { PrefixCache, type PrefixCacheConfig } from "./prefix-cache";
export type { Processor, ScoreContext } from "./processor";
export type { WatermarkFinding } from "./processors";
export * as processors from "./processors";
export type { Generated, TokenScores } from "./result";
