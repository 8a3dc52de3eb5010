import { Module, type Pass, type Pooler, type Sequence, type SequenceLayer, tap } from "../blocks";
import { admitTexts, checkPass, expectLayer, sharing, throughEncoder, type Unused } from "../blocks/internal";
import { type Checks, wrongKind } from "../checks";
import { isOtherList } from "../describe";
import { add, dropout, type Ids, ShapeError, type Tensor } from "../tensor";
import { counted } from "./counting";
import { expectIds } from "./ids";
import { modelKind } from "./kind";
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

/** A module that makes one vector of a text: the last hidden state [batch, seq, dModel] → [batch, dModel]. */
export type PoolingLayer = Module & Pick<Pooler, "forward">;

/** The parts of an EncoderModel. */
export interface EncoderParts extends ModelParts {
  /** A vector for each token type, such as first and second sentence. */
  types?: TokenLayer | undefined;
  /** From the width of the embedding to dModel, after its norm and dropout, as in ALBERT. */
  projection?: SequenceLayer | undefined;
  /** Makes one vector of a text, for `pooled`. */
  pooler?: PoolingLayer | undefined;
}

const checks: Checks<EncoderParts> = {
  ...partChecks,
  types: expectLayer,
  projection: expectLayer,
  pooler: expectLayer,
};

/**
 * Token vectors, types and positions, blocks, and an optional head. Every part is any module with its `forward`; `bert`
 * makes one from a config of sizes.
 *
 * @throws TypeError for a part of another kind, or a config of sizes; RangeError for a token outside the vocabulary
 * @see Devlin et al. 2018, BERT (arXiv 1810.04805)
 * @example
 * ```ts
 * import { Embedding, EncoderBlock, EncoderModel, initialize, repeat } from "transformer-blocks";
 * const model = new EncoderModel({
 *   vocabSize: 8,
 *   contextLength: 16,
 *   embedding: new Embedding({ vocabSize: 8, dModel: 4 }),
 *   blocks: repeat(2, () => new EncoderBlock({ dModel: 4, heads: 2 })),
 * });
 * initialize(model, { seed: 1 }).forward([[1, 2, 3]]).shape; // [1, 3, 4]
 * ```
 */
export class EncoderModel extends Module {
  get [modelKind]() {
    return "encoder";
  }

  readonly config: ModelFacts;
  readonly embedding: TokenLayer;
  readonly types: TokenLayer | undefined;
  readonly position: SequenceLayer | undefined;
  readonly embeddingNorm: SequenceLayer | undefined;
  readonly projection: SequenceLayer | undefined;
  readonly blocks: readonly SequenceLayer[];
  readonly norm: SequenceLayer | undefined;
  readonly pooler: PoolingLayer | undefined;
  readonly head: ScoreLayer | undefined;
  readonly embeddingDropout: number;
  readonly positions: Counting;

  constructor(parts: EncoderParts) {
    super();
    checkParts("EncoderModel", parts, checks);
    this.config = factsOf(parts);
    this.embedding = parts.embedding;
    this.types = parts.types;
    this.position = parts.position;
    this.embeddingNorm = parts.embeddingNorm;
    this.projection = parts.projection;
    this.blocks = [...parts.blocks];
    this.norm = parts.norm;
    this.pooler = parts.pooler;
    this.head = parts.head;
    this.embeddingDropout = parts.embeddingDropout ?? 0;
    this.positions = parts.positions ?? "all";
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** The last hidden state: ids [batch][seq] → [batch, seq, dModel]. */
  hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    checkPass("EncoderModel", pass, this.types ? unused : unusedWithoutTypes);
    const { contextLength, padToken } = this.config;
    expectIds("EncoderModel", ids, { contextLength, lengths: pass.lengths });
    const own = sharing(pass);
    admitTexts("EncoderModel", this, own);
    const placed = counted(own, ids, this.positions, padToken);
    const x = throughEncoder(this.blocks, this.#embed(ids, placed), placed);
    return this.norm ? this.norm.forward(x, placed) : x;
  }

  /** The output of its head, or the hidden state if it has no head. */
  forward(ids: Ids, pass: Pass = {}): Tensor {
    const hidden = this.hidden(ids, pass);
    return this.head ? this.head.forward(hidden, pass, ids) : hidden;
  }

  /** One vector for each text, by its pooler: ids [batch][seq] → [batch, dModel]. @throws TypeError without a pooler */
  pooled(ids: Ids, pass: Pass = {}): Tensor<readonly [batch: number, dModel: number]> {
    if (!this.pooler)
      throw new TypeError(
        "EncoderModel: this model has no pooler; give it one, as bert does with the setting pooler: true",
      );
    return this.pooler.forward(this.hidden(ids, pass), { lengths: pass.lengths });
  }

  /** Token vectors with types and positions added: [batch, seq, dModel]. Reports `tokens` and `embedding`. */
  #embed(ids: Ids, pass: Pass): Tensor<Sequence> {
    let x = tap(pass, this, "tokens", this.embedding.forward(ids, pass));
    if (this.types) x = add(x, this.types.forward(typesOf(ids, pass), pass));
    if (this.position) x = this.position.forward(x, pass);
    if (this.embeddingNorm) x = this.embeddingNorm.forward(x, pass);
    if (pass.rng) x = dropout(x, { rate: this.embeddingDropout, random: pass.rng });
    if (this.projection) x = this.projection.forward(x, pass);
    return tap(pass, this, "embedding", x);
  }
}

const unused: Unused = {
  cache: "an encoder sees the whole text",
  memory: "an encoder has no cross attention",
  memoryMask: "an encoder has no cross attention",
};

const unusedWithoutTypes: Unused = {
  ...unused,
  types: "the model has no token types; give it the part types, as bert does with typeVocabSize",
};

/** A type for each token; 0 if omitted. */
function typesOf(ids: Ids, { types }: Pass): Ids {
  if (types === undefined) return ids.map((row) => row.map(() => 0));
  const other = types.findIndex(isOtherList);
  if (other >= 0) throw wrongKind("EncoderModel", `pass.types[${other}]`, "an array of numbers", types[other]);
  const fits = (row: unknown, r: number) => Array.isArray(row) && row.length === ids[r]?.length;
  if (types.length !== ids.length || !Array.from(types).every(fits))
    throw new ShapeError("EncoderModel: pass.types must hold one type for each token, [batch][seq] like the ids");
  return types;
}
