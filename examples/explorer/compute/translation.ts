import { type EncoderDecoderModel, type Pass, type Pretrained, type Tensor, translate } from "transformer-blocks";
import { inspect } from "transformer-blocks/inspect";
import { type LayerAttention, layersOf } from "./attention";
import { visible } from "./tokens";

/** A translation, with how often each part of the model ran. */
export interface Translation {
  text: string;
  encoderRuns: number;
  decoderSteps: number;
  source: string[];
  target: string[];
  /** From each target token to the source, in each layer. */
  layers: LayerAttention[];
}

type Sequence = ReturnType<EncoderDecoderModel["encode"]>;

/** Translates, and counts how often the library calls the encoder meanwhile. */
export async function translated(pretrained: Pretrained<EncoderDecoderModel>, text: string): Promise<Translation> {
  const { model, tokenizer } = pretrained;
  const memories: Sequence[] = [];
  const target: number[] = [];
  model.encode = (ids, pass) => {
    const memory = Reflect.apply(Object.getPrototypeOf(model).encode, model, [ids, pass]) as Sequence;
    memories.push(memory);
    return memory;
  };
  let written: string;
  try {
    written = await translate(pretrained, text, { onToken: ({ id }) => void target.push(id) });
  } finally {
    Reflect.deleteProperty(model, "encode");
  }
  const label = (id: number) => visible(tokenizer.idToToken(id) ?? "?");
  return {
    text: written,
    encoderRuns: memories.length,
    decoderSteps: target.length,
    source: tokenizer.encode(text).ids.map(label),
    target: target.map(label),
    layers: memories.length === 0 ? [] : crossAttention(model, target, memories[0]!),
  };
}

/** The weights of each target token on the source: of the step that chose it. The encoder does not run again. */
function crossAttention(model: EncoderDecoderModel, target: readonly number[], memory: Sequence): LayerAttention[] {
  const ids = [model.config.startToken!, ...target.slice(0, -1)];
  const run = (pass: Pass): Tensor => model.decode([ids], memory, pass);
  const { record } = inspect(model, run, { sites: ["decoder.blocks.*.crossAttention.weights"] });
  return layersOf(record);
}
