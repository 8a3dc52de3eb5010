import { Embedding, type Pass } from "../blocks";
import type { GenerativeModel } from "../generation";
import { type Writer, writerOf } from "../generation/internal";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";
import type { Ids, Tensor } from "../tensor";
import { expectLoaded, type Loaded } from "./loaded";

/** A model that writes texts, with its sizes. */
export interface TextModel extends Pick<Writer, "sizes"> {
  model: GenerativeModel;
  /** Whether it reads a source before it writes. */
  encodes: boolean;
}

/** @throws TypeError unless the model can continue texts, as `generate` requires */
export function decoderOf(task: string, pretrained: Loaded): TextModel {
  const found = textModel(task, pretrained);
  if (found !== undefined && !found.encodes) return found;
  throw new TypeError(
    `${task}: the model cannot continue texts; use a decoder such as gpt2 or llama, or a Module with forward(ids, pass)`,
  );
}

/** @throws TypeError unless the model is an encoder-decoder */
export function translatorOf(task: string, pretrained: Loaded): TextModel {
  const found = textModel(task, pretrained);
  if (found?.encodes) return found;
  throw new TypeError(
    `${task}: the model does not read a source; use an encoder-decoder such as marian, or a Module with encode and decode`,
  );
}

/** @throws TypeError unless the model writes texts, as a decoder or an encoder-decoder */
export function writerModelOf(task: string, pretrained: Loaded): TextModel {
  const found = textModel(task, pretrained);
  if (found !== undefined) return found;
  throw new TypeError(`${task}: the model cannot write texts; use a decoder or an encoder-decoder`);
}

function textModel(task: string, pretrained: Loaded): TextModel | undefined {
  expectLoaded(task, pretrained);
  const { model } = pretrained;
  if (model instanceof EncoderModel) return undefined;
  const { sizes, encode } = writerOf(task, model);
  return { model, sizes, encodes: encode !== undefined };
}

/** A model whose head scores texts. */
export interface Scorer {
  /** The largest number of tokens. */
  readonly limit: number;
  forward(ids: Ids, pass?: Pass): Tensor;
}

/** @throws TypeError unless the model has a head of this kind */
export function headedOf(task: string, pretrained: Loaded, kind: string): Scorer {
  expectLoaded(task, pretrained);
  const { model } = pretrained;
  if ((model instanceof EncoderModel || model instanceof DecoderModel) && model.head?.kind === kind)
    return { limit: model.config.contextLength, forward: (ids, pass) => model.forward(ids, pass) };
  // BART's classifiers read a text that is its own target.
  if (model instanceof EncoderDecoderModel && model.head?.kind === kind)
    return { limit: model.config.contextLength, forward: (ids, pass) => model.forward(ids, undefined, pass) };
  throw new TypeError(
    `${task}: the model is not an encoder with a ${kind} head, nor a decoder with one; open it with the head, if the checkpoint has one, fromPretrained(source, { head: "${kind}" }), or with a new one to train, { head: { kind: "${kind}", seed } }`,
  );
}

/** A model with hidden states of texts. */
export type SentenceModel = EncoderModel | DecoderModel;

/** @throws TypeError unless the model has hidden states */
export function sentenceModelOf(task: string, pretrained: Loaded): SentenceModel {
  expectLoaded(task, pretrained);
  const { model } = pretrained;
  if (model instanceof EncoderModel || model instanceof DecoderModel) return model;
  throw new TypeError(`${task}: the model is not an encoder or a decoder of the library`);
}

/**
 * The encoder's inputs beside the ids: which of two texts each token belongs to. Omitted if the model has no types, or not
 * these, or if its inputs listed in tokenizer_config.json do not include token_type_ids.
 */
export function passOf({ tokenizer, model }: Loaded, types: Ids): Pass {
  const names = tokenizer.config.model_input_names;
  if (Array.isArray(names) && !names.includes("token_type_ids")) return {};
  if (!(model instanceof EncoderModel) || model.types === undefined) return {};
  const known = model.types instanceof Embedding ? model.types.weight.shape[0]! : Number.POSITIVE_INFINITY;
  return types.every((row) => row.every((type) => type < known)) ? { types } : {};
}
