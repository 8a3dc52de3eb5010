/** What a generated text must be, compiled to the tokens that may come next. */
export { choices } from "./choices";
export { grammar } from "./gbnf/grammar";
export { regex } from "./regex/regex";
export { type JsonSchemaOptions, jsonSchema } from "./schema/json-schema";
export type { ConstraintState, StartOptions, TextConstraint } from "./text-constraint";
export type { TokenVocabulary } from "./vocabulary";
