/** What the floors above need of this one, and no caller of the package. */
export { type Writer, writerOf } from "./language-model";
export { checkGenerateOptions, refuseScores } from "./options";
