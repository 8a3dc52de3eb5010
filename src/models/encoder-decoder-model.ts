import { Module, type Pass, type Sequence } from "../blocks";
import { checkPass, depth, expectSequence, pick, size, type Unused } from "../blocks/internal";
import { type Checks, expectBoolean, wholeIn } from "../checks";
import type { Ids, Tensor } from "../tensor";
import { checkConfig, type ModelConfig, modelChecks, owned } from "./config";
import { DecoderModel } from "./decoder-model";
import { EncoderModel } from "./encoder-model";

export interface EncoderDecoderConfig extends ModelConfig {
  /** The decoder's layers; as many as the encoder's if omitted. */
  decoderLayers?: number | undefined;
  /** The decoder's heads; as many as the encoder's if omitted. */
  decoderHeads?: number | undefined;
  /** The decoder's dFeedForward; the encoder's if omitted. */
  decoderDFeedForward?: number | undefined;
  /** The token that every target starts with. */
  startToken?: number | undefined;
  /** A bias for each token of the head. */
  headBias?: boolean | undefined;
}

export const encoderDecoderChecks: Checks<EncoderDecoderConfig> = {
  ...modelChecks,
  decoderLayers: depth,
  decoderHeads: size,
  decoderDFeedForward: size,
  startToken: wholeIn({ least: 0 }),
  headBias: expectBoolean,
};

const unusedInDecode: Unused = { memory: "decode takes it as a separate argument" };
const unused: Unused = { memory: "forward computes it; use decode" };

/**
 * An encoder that reads a source, and a decoder that writes a target and attends to the source. Both and the head share
 * one embedding.
 *
 * @see Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762)
 */
export class EncoderDecoderModel extends Module {
  readonly config: EncoderDecoderConfig;
  readonly encoder: EncoderModel;
  readonly decoder: DecoderModel;

  constructor(config: EncoderDecoderConfig) {
    super();
    checkConfig("EncoderDecoderModel", config, encoderDecoderChecks);
    this.config = owned(config);
    const shared = pick<ModelConfig>(config, modelChecks);
    this.encoder = new EncoderModel(shared);
    const { decoderLayers: layers = config.layers, decoderHeads: heads = config.heads } = config;
    const dFeedForward = config.decoderDFeedForward ?? config.dFeedForward;
    const { headBias } = config;
    const decoder = { ...shared, layers, heads, dFeedForward, headBias, crossAttention: true };
    this.decoder = new DecoderModel(decoder, this.encoder.embedding);
  }

  /** The memory for the decoder: ids [batch][source] → memory [batch, source, dModel]. `pass.mask` hides padding. */
  encode(sourceIds: Ids, pass: Pass = {}): Tensor<Sequence> {
    return this.encoder.forward(sourceIds, pass) as Tensor<Sequence>;
  }

  /** Scores for the next target token: ids [batch][target] → logits [batch, target, vocabSize]. `pass.memoryMask` hides padding of the source. */
  decode(targetIds: Ids, memory: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    checkPass("EncoderDecoderModel", pass, unusedInDecode);
    expectSequence("EncoderDecoderModel", "memory", memory);
    return this.decoder.forward(targetIds, { ...pass, memory });
  }

  /**
   * Encodes, then decodes. `pass.mask` hides padding of the source from both; `positions` and `types` are the source's.
   */
  forward(sourceIds: Ids, targetIds: Ids, pass: Pass = {}): Tensor<Sequence> {
    checkPass("EncoderDecoderModel", pass, unused);
    const memory = this.encode(sourceIds, { ...pass, cache: undefined, memoryMask: undefined });
    const own = { mask: undefined, positions: undefined, types: undefined, causal: undefined };
    return this.decode(targetIds, memory, { ...pass, ...own, memoryMask: pass.memoryMask ?? pass.mask });
  }

  /** The decoder's last hidden state, before the head. */
  hidden(targetIds: Ids, pass: Pass): Tensor<Sequence> {
    return this.decoder.hidden(targetIds, pass);
  }
}
