import { type Caching, DecoderBlock, Module, type Pass, type Sequence, type SequenceLayer, tap } from "../blocks";
import { admitTexts, checkPass, sharing, throughBlocks, type Unused } from "../blocks/internal";
import { dropout, type Ids, type Tensor } from "../tensor";
import { counted } from "./counting";
import { expectIds } from "./ids";
import {
  type Counting,
  checkParts,
  factsOf,
  type ModelFacts,
  type ModelParts,
  partChecks,
  type ScoreLayer,
  type TokenLayer,
} from "./parts";

/** The parts of a DecoderModel. */
export type DecoderParts = ModelParts;

/**
 * Token vectors and positions, blocks, an optional final norm and a head for the next token. Every part is any module
 * with its `forward`; `gpt` makes one from a config of sizes.
 *
 * @throws TypeError for a part of another kind, or a config of sizes; RangeError for a token outside the vocabulary
 * @see Radford et al. 2018, Improving Language Understanding by Generative Pre-Training
 * @example
 * ```ts
 * import { DecoderBlock, DecoderModel, Embedding, initialize, OutputHead, repeat } from "transformer-blocks";
 * const embedding = new Embedding({ vocabSize: 8, dModel: 4 });
 * const model = new DecoderModel({
 *   vocabSize: 8,
 *   contextLength: 16,
 *   embedding,
 *   // Every second layer sees only the last four tokens.
 *   blocks: repeat(4, (layer) => new DecoderBlock({ dModel: 4, heads: 2, window: layer % 2 ? undefined : 4 })),
 *   head: new OutputHead({ kind: "languageModel", dModel: 4, vocabSize: 8, tied: embedding.weight }),
 * });
 * initialize(model, { seed: 1 }).forward([[1, 2, 3]]).shape; // [1, 3, 8]
 * ```
 */
export class DecoderModel extends Module {
  readonly config: ModelFacts;
  readonly embedding: TokenLayer;
  readonly position: SequenceLayer | undefined;
  readonly embeddingNorm: SequenceLayer | undefined;
  readonly blocks: readonly SequenceLayer[];
  readonly norm: SequenceLayer | undefined;
  readonly head: ScoreLayer | undefined;
  readonly embeddingDropout: number;
  readonly positions: Counting;

  constructor(parts: DecoderParts) {
    super();
    checkParts("DecoderModel", parts, partChecks);
    this.config = factsOf(parts);
    this.embedding = parts.embedding;
    this.position = parts.position;
    this.embeddingNorm = parts.embeddingNorm;
    this.blocks = [...parts.blocks];
    this.norm = parts.norm;
    this.head = parts.head;
    this.embeddingDropout = parts.embeddingDropout ?? 0;
    this.positions = parts.positions ?? "all";
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** Whether padding before a text changes its scores, even if a mask hides it: as in BART's decoder, it has positions. */
  get seesPadding(): boolean {
    return this.positions === "padded";
  }

  /** The last hidden state, before the head: ids [batch][seq] → [batch, seq, dModel]. */
  hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    const { contextLength, padToken } = this.config;
    checkPass("DecoderModel", pass, unusedBy(this, pass));
    const seq = expectIds("DecoderModel", ids, { contextLength, held: pass.cache?.length, lengths: pass.lengths });
    pass.cache?.expectRoom(seq);
    pass.cache?.begin(this);
    const own = sharing(pass);
    admitTexts("DecoderModel", this, own);
    const placed = counted(own, ids, this.positions, padToken);
    let x = throughBlocks(this.blocks, this.#embed(ids, placed), placed);
    if (this.norm) x = this.norm.forward(x, placed);
    pass.cache?.advance(seq);
    return x;
  }

  /**
   * Scores for the next token at each position: ids [batch][seq] → logits [batch, seq, vocabSize]. With another head, its
   * output.
   */
  forward(ids: Ids, pass: Pass = {}): Tensor<readonly [batch: number, seq: number, vocabSize: number]> {
    const hidden = this.hidden(ids, pass);
    return this.head ? (this.head.forward(hidden, pass, ids) as Tensor<Sequence>) : hidden;
  }

  /** Token vectors with positions added: [batch, seq, dModel]. Reports `tokens` and `embedding`. */
  #embed(ids: Ids, pass: Pass): Tensor<Sequence> {
    let x = tap(pass, this, "tokens", this.embedding.forward(ids, pass));
    if (this.position) x = this.position.forward(x, pass);
    if (this.embeddingNorm) x = this.embeddingNorm.forward(x, pass);
    if (pass.rng) x = dropout(x, { rate: this.embeddingDropout, random: pass.rng });
    return tap(pass, this, "embedding", x);
  }
}

const unused: Unused = { types: "a decoder has no token types" };

const noCross = "the model has no cross attention";
const unusedWithoutCross: Unused = { ...unused, memory: noCross, memoryMask: noCross };

/** Blocks of the caller's own class may read a memory. */
function unusedBy(model: DecoderModel, pass: Pass | null): Unused {
  if (pass?.memory === undefined && pass?.memoryMask === undefined) return unused;
  const reads = model.blocks.some((block) => !(block instanceof DecoderBlock) || block.crossAttention !== undefined);
  return reads ? unused : unusedWithoutCross;
}
