import { Module, type Pass, type Sequence } from "../blocks";
import { checkPass, expectSequence, type Unused } from "../blocks/internal";
import { type Checks, checkOptions, instanceOf } from "../checks";
import type { Ids, Tensor } from "../tensor";
import { DecoderModel } from "./decoder-model";
import { EncoderModel } from "./encoder-model";
import { checkTokens, type ModelFacts, refuseFlat, token } from "./parts";

/** The parts of an EncoderDecoderModel: two models, which may share modules. */
export interface EncoderDecoderParts {
  encoder: EncoderModel;
  /** Its blocks attend to `pass.memory`, as those with `crossAttention: true` do. */
  decoder: DecoderModel;
  /** The token that every target starts with. */
  startToken?: number | undefined;
}

/** What generation reads of an encoder-decoder: the decoder's facts, and how a target starts. */
export interface EncoderDecoderFacts extends ModelFacts {
  readonly startToken?: number | undefined;
}

const checks: Checks<EncoderDecoderParts> = {
  encoder: (...value) => instanceOf(EncoderModel, "an EncoderModel")(...value),
  decoder: (...value) => instanceOf(DecoderModel, "a DecoderModel")(...value),
  startToken: token,
};

const unusedInDecode: Unused = { memory: "decode takes it as a separate argument" };
const unused: Unused = { memory: "forward computes it; use decode" };

/**
 * An encoder that reads a source, and a decoder that writes a target and attends to the source. `encoderDecoder` makes
 * one from a config of sizes.
 *
 * @throws TypeError for a part of another kind, or a config of sizes; RangeError for a start token outside the
 * decoder's vocabulary
 * @see Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762)
 */
export class EncoderDecoderModel extends Module {
  readonly config: EncoderDecoderFacts;
  readonly encoder: EncoderModel;
  readonly decoder: DecoderModel;

  constructor(parts: EncoderDecoderParts) {
    super();
    refuseFlat("EncoderDecoderModel", parts);
    checkOptions("EncoderDecoderModel", parts, checks, ["encoder", "decoder"]);
    const { encoder, decoder, startToken } = parts;
    const facts = { ...decoder.config, ...(startToken !== undefined && { startToken }) };
    checkTokens("EncoderDecoderModel", facts);
    this.config = facts;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** The memory for the decoder: ids [batch][source] → memory [batch, source, dModel]. `pass.mask` hides padding. */
  encode(sourceIds: Ids, pass: Pass = {}): Tensor<Sequence> {
    return this.encoder.hidden(sourceIds, pass);
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
