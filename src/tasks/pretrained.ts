import type { Pass } from "../blocks";
import { expectString, wrongKind } from "../checks";
import type { Pretrained } from "../families";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";
import { Tokenizer } from "../tokenizer";

/** What `fromPretrained` gave: a model with the tokenizer that belongs to it. */
export type Loaded = Pick<Pretrained, "model" | "tokenizer" | "config"> & Partial<Pick<Pretrained, "files">>;

/** @throws TypeError unless it is a model with its tokenizer */
function expectLoaded(task: string, pretrained: unknown): asserts pretrained is Loaded {
  const { model, tokenizer } = (pretrained ?? {}) as Partial<Loaded>;
  if (model === undefined || !(tokenizer instanceof Tokenizer))
    throw wrongKind(task, "pretrained", "what fromPretrained gave: { model, tokenizer, config }", pretrained);
}

/** @throws TypeError unless the model writes text */
export function decoderOf(task: string, pretrained: Loaded): DecoderModel {
  expectLoaded(task, pretrained);
  if (pretrained.model instanceof DecoderModel) return pretrained.model;
  throw new TypeError(`${task}: the model does not continue texts; it takes a decoder such as gpt2 or llama`);
}

/** @throws TypeError unless the model carries one text over into another */
export function translatorOf(task: string, pretrained: Loaded): EncoderDecoderModel {
  expectLoaded(task, pretrained);
  if (pretrained.model instanceof EncoderDecoderModel) return pretrained.model;
  throw new TypeError(`${task}: the model does not translate; it takes an encoder-decoder such as marian`);
}

/** @throws TypeError unless the model is an encoder, with this head if one is named */
export function encoderOf(task: string, pretrained: Loaded, kind?: string): EncoderModel {
  expectLoaded(task, pretrained);
  const { model } = pretrained;
  if (model instanceof EncoderModel && (kind === undefined || model.head?.kind === kind)) return model;
  throw new TypeError(`${task}: the model is not an encoder${kind === undefined ? "" : ` with a ${kind} head`}`);
}

/** @throws TypeError unless the text is a string */
export const expectText: typeof expectString = expectString;

/**
 * What goes through an encoder beside the ids: which of two texts a token is of. Where tokenizer_config.json lists what
 * the model takes, and token_type_ids are not there, it goes without.
 */
export function passOf({ tokenizer }: Loaded, types: readonly number[]): Pass {
  const names = tokenizer.config.model_input_names;
  return Array.isArray(names) && !names.includes("token_type_ids") ? {} : { types: [types] };
}
