import type { Pass } from "../blocks";
import { expectString, wrongKind } from "../checks";
import { isOfAnotherCopy } from "../describe";
import type { Pretrained } from "../families";
import type { GenerativeModel } from "../generation";
import { type Writer, writerOf } from "../generation/internal";
import { EncoderModel } from "../models";
import { Tokenizer } from "../tokenizer";

/** What `fromPretrained` gave, or a model of the caller's own: a model with the tokenizer that belongs to it. */
export interface Loaded extends Pick<Pretrained, "tokenizer">, Partial<Pick<Pretrained, "config" | "files">> {
  model: Pretrained["model"] | GenerativeModel;
}

/** What writes texts, and the sizes that it says. */
export interface TextModel extends Pick<Writer, "sizes"> {
  model: GenerativeModel;
}

/** @throws TypeError unless it is a model with its tokenizer */
function expectLoaded(task: string, pretrained: unknown): asserts pretrained is Loaded {
  const { model, tokenizer } = (pretrained ?? {}) as Partial<Loaded>;
  if (isOfAnotherCopy(tokenizer)) throw wrongKind(task, "pretrained.tokenizer", "a Tokenizer", tokenizer);
  if (model === undefined || !(tokenizer instanceof Tokenizer))
    throw wrongKind(task, "pretrained", "what fromPretrained gave: { model, tokenizer, config }", pretrained);
}

/** @throws TypeError unless the model goes on with texts, as `generate` asks for it */
export function decoderOf(task: string, pretrained: Loaded): TextModel {
  const found = textModel(task, pretrained);
  if (found !== undefined && !found.encodes) return found;
  throw new TypeError(
    `${task}: the model does not continue texts; it takes a decoder such as gpt2 or llama, or a Module with forward(ids, pass)`,
  );
}

/** @throws TypeError unless the model carries one text over into another */
export function translatorOf(task: string, pretrained: Loaded): TextModel {
  const found = textModel(task, pretrained);
  if (found?.encodes) return found;
  throw new TypeError(
    `${task}: the model does not translate; it takes an encoder-decoder such as marian, or a Module with encode and decode`,
  );
}

function textModel(task: string, pretrained: Loaded): (TextModel & { encodes: boolean }) | undefined {
  expectLoaded(task, pretrained);
  const { model } = pretrained;
  if (model instanceof EncoderModel) return undefined;
  const { sizes, encode } = writerOf(task, model);
  return { model, sizes, encodes: encode !== undefined };
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
