/**
 * Text from a model, one token at a time.
 *
 * @module generation
 */
export { type Generated, generate, generateStream } from "./generate";
export type { GenerateOptions, NewToken } from "./options";
export type { GenerativeModel } from "./prompt";
