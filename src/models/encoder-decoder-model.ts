import { Module, type Pass, type Sequence, type SequenceLayer, tap } from "../blocks";
import { checkPass, expectLayer, expectSequence, type Unused } from "../blocks/internal";
import { type Checks, checkOptions, instanceOf, oneOf } from "../checks";
import type { Ids, RankedTensor, Tensor } from "../tensor";
import { DecoderModel } from "./decoder-model";
import { EncoderModel } from "./encoder-model";
import { expectIds } from "./ids";
import { modelKind } from "./kind";
import { checkTokens, type ModelFacts, refuseFlat, type ScoreLayer, token } from "./parts";

/** The parts of an EncoderDecoderModel: two models, which may share modules. */
export interface EncoderDecoderParts {
  encoder: EncoderModel;
  /** Its blocks attend to `pass.memory`, as those with `crossAttention: true` do. */
  decoder: DecoderModel;
  /** The token that every target starts with. */
  startToken?: number | undefined;
  /** From the encoder's width to the decoder's, if they differ. */
  projection?: SequenceLayer | undefined;
  /**
   * Scores the source from the decoder's last hidden state, as BART's classifier does; the decoder then has no head. It is
   * also given the ids of the source.
   */
  head?: ScoreLayer | undefined;
  /**
   * What stands before the source where it is its own target: the start token, or as in mBART the last token that is not
   * padding (`lastToken`); the start token if omitted.
   */
  shift?: Shift | undefined;
}

type Shift = "startToken" | "lastToken";

/** What generation reads of an encoder-decoder: the decoder's facts, and how a target starts. */
export interface EncoderDecoderFacts extends ModelFacts {
  readonly startToken?: number | undefined;
}

const checks: Checks<EncoderDecoderParts> = {
  encoder: (...value) => instanceOf(EncoderModel, "an EncoderModel")(...value),
  decoder: (...value) => instanceOf(DecoderModel, "a DecoderModel")(...value),
  startToken: token,
  projection: expectLayer,
  head: expectLayer,
  shift: oneOf(["startToken", "lastToken"] satisfies Shift[]),
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
  get [modelKind]() {
    return "encoder-decoder";
  }

  readonly config: EncoderDecoderFacts;
  readonly encoder: EncoderModel;
  readonly decoder: DecoderModel;
  readonly projection: SequenceLayer | undefined;
  readonly head: ScoreLayer | undefined;
  readonly shift: Shift;

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
    this.projection = parts.projection;
    this.head = parts.head;
    this.shift = parts.shift ?? "startToken";
    if (this.head && decoder.head)
      throw new TypeError("EncoderDecoderModel: head has no effect beside that of the decoder; give one of them");
  }

  /** The memory for the decoder: ids [batch][source] → memory [batch, source, dModel]. `pass.mask` hides padding. Reports `memory`. */
  encode(sourceIds: Ids, pass: Pass = {}): Tensor<Sequence> {
    const hidden = this.encoder.hidden(sourceIds, pass);
    return tap(pass, this, "memory", this.projection ? this.projection.forward(hidden, pass) : hidden);
  }

  /** Scores for the next target token: ids [batch][target] → logits [batch, target, vocabSize]. `pass.memoryMask` hides padding of the source. */
  decode(targetIds: Ids, memory: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  decode(targetIds: Ids, memory: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  decode(targetIds: Ids, memory: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    checkPass("EncoderDecoderModel", pass, unusedInDecode);
    expectSequence("EncoderDecoderModel", "memory", memory);
    return this.decoder.forward(targetIds, { ...pass, memory });
  }

  /**
   * Encodes, then decodes. `pass.mask` hides padding of the source from both; `positions` and `types` are the source's.
   * With a head of its own, the output is what that head makes of the decoder's last hidden state.
   *
   * @param targetIds the source after a start token if omitted, as for a classifier of texts
   */
  forward(sourceIds: Ids, targetIds: Ids = this.#shifted(sourceIds), pass: Pass = {}): Tensor<Sequence> {
    checkPass("EncoderDecoderModel", pass, unused);
    const memory = this.encode(sourceIds, { ...pass, cache: undefined, memoryMask: undefined });
    const own = { mask: undefined, positions: undefined, types: undefined, causal: undefined };
    const decoding = { ...pass, ...own, memoryMask: pass.memoryMask ?? pass.mask };
    if (!this.head) return this.decode(targetIds, memory, decoding);
    const hidden = this.decoder.hidden(targetIds, { ...decoding, memory });
    return this.head.forward(hidden, pass, sourceIds) as Tensor<Sequence>;
  }

  /** The source as its own target: one token later, after a start token. */
  #shifted(sourceIds: Ids): Ids {
    expectIds("EncoderDecoderModel", sourceIds, this.encoder.config);
    const { startToken, padToken } = this.config;
    const startOf = (row: readonly number[]) =>
      this.shift === "startToken" ? startToken : row[row.filter((id) => id !== padToken).length - 1];
    return sourceIds.map((row) => {
      const start = startOf(row);
      if (start !== undefined || row.length === 0) return row.length === 0 ? row : [start!, ...row.slice(0, -1)];
      throw new RangeError("EncoderDecoderModel: config.startToken is missing; set it, or give targetIds");
    });
  }

  /** The decoder's last hidden state, before the head. */
  hidden(targetIds: Ids, pass: Pass): Tensor<Sequence> {
    return this.decoder.hidden(targetIds, pass);
  }
}
