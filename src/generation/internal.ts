/** What the floors above need from this one, but callers of the package do not. */
export { bound } from "./constraint";
export { constraintOf } from "./constraints/constraint-of";
export type { Recipe } from "./constraints/recipe";
export { generatedBy, idsOf } from "./generate";
export { type Writer, writerOf } from "./language-model";
export { checkGenerateOptions, refuseScores } from "./option-checks";
export { type Plan, planOf } from "./plan";
export { Turns } from "./yield";
