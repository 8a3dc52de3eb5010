import type { Pretrained } from "../families";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";

/** What `fromPretrained` gave: a model with the tokenizer that belongs to it. */
export type Loaded = Pick<Pretrained, "model" | "tokenizer" | "config">;

/** @throws TypeError unless the model writes text */
export function decoderOf(task: string, { model }: Loaded): DecoderModel {
  if (model instanceof DecoderModel) return model;
  throw new TypeError(`${task}: the model does not continue texts; it takes a decoder such as gpt2 or llama`);
}

/** @throws TypeError unless the model carries one text over into another */
export function translatorOf(task: string, { model }: Loaded): EncoderDecoderModel {
  if (model instanceof EncoderDecoderModel) return model;
  throw new TypeError(`${task}: the model does not translate; it takes an encoder-decoder such as marian`);
}

/** @throws TypeError unless the model is an encoder, with this head if one is named */
export function encoderOf(task: string, { model }: Loaded, kind?: string): EncoderModel {
  if (model instanceof EncoderModel && (kind === undefined || model.head?.kind === kind)) return model;
  throw new TypeError(`${task}: the model is not an encoder${kind === undefined ? "" : ` with a ${kind} head`}`);
}

/** @throws TypeError unless the text is a string */
export function expectText(task: string, argument: string, text: unknown): asserts text is string {
  if (typeof text !== "string") throw new TypeError(`${task}: ${argument} must be a string, not ${typeof text}`);
}
