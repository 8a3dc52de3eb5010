/**
 * Text from a model, one token at a time.
 *
 * @module generation
 */
export { type Generated, generate, generateStream } from "./generate";
export type {
  GenerativeModel,
  LanguageModel,
  SaysSizes,
  SequenceToSequenceModel,
  TextConfig,
} from "./language-model";
export type { GenerateOptions, NewToken } from "./options";
