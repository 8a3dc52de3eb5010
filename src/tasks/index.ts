/**
 * Text in, text out.
 *
 * @module tasks
 */

export { type Answer, type AnswerOptions, answer, type Question } from "./answer";
export { type ChatOptions, chat, chatStream } from "./chat";
export type { ChatMessage, MessagePart } from "./chat-messages";
export { chatTemplate, type TemplateOptions } from "./chat-template";

export { type ClassifyOptions, classify, type Label, type TextToClassify } from "./classify";
export { complete, stream } from "./complete";
export { type EmbedOptions, embed } from "./embed";
export { type EntitiesOptions, type Entity, entities } from "./entities";
export type { Aggregation } from "./entity-words";
export { type Filling, type FillMaskOptions, fillMask } from "./fill-mask";
export type { Loaded } from "./loaded";
export { type Ranked, type RankOptions, rank } from "./rank";
export type { Pooling } from "./sentence-settings";
export type { SignalOptions } from "./signal";
export { type SummarizeOptions, summarize } from "./summarize";
export { type TranslateOptions, translate } from "./translate";
export type { LengthOptions, WindowOptions } from "./windows";
export { type InWorkerOptions, inWorker } from "./worker/in-worker";
export { type InWorker, WorkerError } from "./worker/remote";
export type { CompleteOptions } from "./writing-options";
