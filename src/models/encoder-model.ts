import {
  Embedding,
  EncoderBlock,
  Module,
  makeNorm,
  type Norm,
  OutputHead,
  type Pass,
  Pooler,
  type PositionalEncoding,
  type Sequence,
  tap,
} from "../blocks";
import { checkKind, checkPass, type KindChecks, rate, sharing, size, type Unused } from "../blocks/internal";
import { type Checks, expectBoolean, wrongKind } from "../checks";
import { isOtherList } from "../describe";
import { add, dropout, type Ids, ShapeError, type Tensor } from "../tensor";
import {
  addedPositionOf,
  blockConfigOf,
  checkConfig,
  embeddingDropoutOf,
  embeddingOf,
  initialOf,
  type ModelConfig,
  modelChecks,
  owned,
} from "./config";
import { expectIds } from "./ids";

/** What an encoder predicts. `dropout` is the model's if omitted. */
export type EncoderHead =
  | { kind: "maskedLanguageModel" }
  | { kind: "sequenceClass"; labels: number; dropout?: number | undefined }
  | { kind: "tokenClass"; labels: number; dropout?: number | undefined }
  | { kind: "questionAnswering" };

export interface EncoderConfig extends ModelConfig {
  /** The number of token types, such as first and second sentence; none if omitted. */
  typeVocabSize?: number | undefined;
  /** A norm of the token vectors. */
  embeddingNorm?: boolean | undefined;
  /** A pooled vector of the first token. */
  pooler?: boolean | undefined;
  head?: EncoderHead | undefined;
}

const labelled = { checks: { labels: size, dropout: rate }, required: ["labels"] } as const;

const headChecks: KindChecks<EncoderHead> = {
  maskedLanguageModel: { checks: {}, required: [] },
  sequenceClass: labelled,
  tokenClass: labelled,
  questionAnswering: { checks: {}, required: [] },
};

export const encoderChecks: Checks<EncoderConfig> = {
  ...modelChecks,
  typeVocabSize: size,
  embeddingNorm: expectBoolean,
  pooler: expectBoolean,
  head: (where, _, head) => checkKind(`${where}: head`, head as EncoderHead, headChecks),
};

/**
 * Token vectors, types and positions, encoder blocks, and an optional head.
 *
 * @see Devlin et al. 2018, BERT (arXiv 1810.04805)
 */
export class EncoderModel extends Module {
  readonly config: EncoderConfig;
  readonly embedding: Embedding;
  readonly types: Embedding | undefined;
  readonly position: PositionalEncoding | undefined;
  readonly embeddingNorm: Norm | undefined;
  readonly blocks: readonly EncoderBlock[];
  readonly norm: Norm | undefined;
  readonly pooler: Pooler | undefined;
  readonly head: OutputHead | undefined;

  constructor(config: EncoderConfig) {
    super();
    checkConfig("EncoderModel", config, encoderChecks);
    this.config = owned(config);
    const { dModel, epsilon, typeVocabSize, normalization = "layerNorm" } = config;
    const initial = initialOf(config);
    this.embedding = embeddingOf(config);
    this.types = typeVocabSize ? new Embedding({ vocabSize: typeVocabSize, dModel, initial }) : undefined;
    this.position = addedPositionOf(config);
    this.embeddingNorm = config.embeddingNorm ? makeNorm(normalization, { dModel, epsilon }) : undefined;
    const blockConfig = blockConfigOf(config);
    this.blocks = Array.from({ length: config.layers }, () => new EncoderBlock(blockConfig));
    this.norm = config.norm === "pre" ? makeNorm(normalization, { dModel, epsilon }) : undefined;
    this.pooler = config.pooler ? new Pooler({ dModel, initial }) : undefined;
    this.head = config.head && headOf(config, config.head, this);
  }

  /** The last hidden state: ids [batch][seq] → [batch, seq, dModel]. */
  hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    checkPass("EncoderModel", pass, this.types ? unused : unusedWithoutTypes);
    expectIds("EncoderModel", ids, this.config);
    pass = sharing(pass);
    let x = this.#embed(ids, pass);
    for (const block of this.blocks) x = block.forward(x, pass);
    return this.norm ? this.norm.forward(x) : x;
  }

  /** The output of its head, or the hidden state if it has no head. */
  forward(ids: Ids, pass: Pass = {}): Tensor {
    const hidden = this.hidden(ids, pass);
    return this.head ? this.head.forward(hidden, pass) : hidden;
  }

  /** One vector for each text, tanh(W h₀ + b): ids [batch][seq] → [batch, dModel]. @throws TypeError without a pooler */
  pooled(ids: Ids, pass: Pass = {}): Tensor<readonly [batch: number, dModel: number]> {
    if (!this.pooler) throw new TypeError("EncoderModel: this model has no pooler; construct it with pooler: true");
    return this.pooler.forward(this.hidden(ids, pass));
  }

  /** Token vectors with types and positions added: [batch, seq, dModel]. Reports `embedding`. */
  #embed(ids: Ids, pass: Pass): Tensor<Sequence> {
    let x = this.embedding.forward(ids);
    if (this.types) x = add(x, this.types.forward(typesOf(ids, pass)));
    if (this.position) x = this.position.forward(x, pass);
    if (this.embeddingNorm) x = this.embeddingNorm.forward(x);
    if (pass.rng) x = dropout(x, { rate: embeddingDropoutOf(this.config), random: pass.rng });
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
  types: "the model has no token types; set typeVocabSize in its config",
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

function headOf(config: EncoderConfig, head: EncoderHead, model: EncoderModel): OutputHead {
  const { dModel, dropout, vocabSize, epsilon, activation } = config;
  const common = { dModel, dropout, initial: initialOf(config) };
  if (head.kind === "maskedLanguageModel")
    return new OutputHead({
      ...common,
      ...head,
      dropout: 0,
      vocabSize,
      epsilon,
      activation,
      tied: model.embedding.weight,
    });
  // As in the reference, only classifiers apply dropout to their input.
  if (head.kind === "questionAnswering") return new OutputHead({ ...common, ...head, dropout: 0 });
  return new OutputHead(
    head.kind === "sequenceClass" ? { ...common, ...head, pooler: model.pooler } : { ...common, ...head },
  );
}
