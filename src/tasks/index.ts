/**
 * Text in, text out.
 *
 * @module tasks
 */
export { type Answer, answer } from "./answer";
export { classify, type Label } from "./classify";
export { type CompleteOptions, complete, stream } from "./complete";
export { type EmbedOptions, embed } from "./embed";
export { type Filling, fillMask } from "./fill-mask";
export type { Loaded } from "./pretrained";
export { translate } from "./translate";
