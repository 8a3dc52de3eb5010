import {
  type Caching,
  DecoderBlock,
  type Embedding,
  Module,
  makeNorm,
  type Norm,
  OutputHead,
  type Pass,
  type PositionalEncoding,
  type Sequence,
  tap,
} from "../blocks";
import { checkPass, sharing, type Unused } from "../blocks/internal";
import { type Checks, expectBoolean } from "../checks";
import { dropout, type Ids, type Tensor } from "../tensor";
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

export interface DecoderConfig extends ModelConfig {
  /** The head shares the embedding's weight; true if omitted. */
  tied?: boolean | undefined;
  /** A bias for each token of the head. */
  headBias?: boolean | undefined;
  /** Blocks also attend to `pass.memory`. */
  crossAttention?: boolean | undefined;
  /** A norm after the last block; if omitted, only with norm "pre". */
  finalNorm?: boolean | undefined;
}

export const decoderChecks: Checks<DecoderConfig> = {
  ...modelChecks,
  tied: expectBoolean,
  headBias: expectBoolean,
  crossAttention: expectBoolean,
  finalNorm: expectBoolean,
};

/**
 * Token vectors and positions, decoder blocks, an optional final norm and a head for the next token.
 *
 * @see Radford et al. 2018, Improving Language Understanding by Generative Pre-Training
 */
export class DecoderModel extends Module {
  readonly config: DecoderConfig;
  readonly embedding: Embedding;
  readonly position: PositionalEncoding | undefined;
  readonly blocks: readonly DecoderBlock[];
  readonly norm: Norm | undefined;
  readonly head: OutputHead;

  /** @param shared an embedding to share with another model */
  constructor(config: DecoderConfig, shared?: Embedding) {
    super();
    checkConfig("DecoderModel", config, decoderChecks);
    this.config = owned(config);
    this.embedding = shared ?? embeddingOf(config);
    this.position = addedPositionOf(config);
    const blockConfig = { ...blockConfigOf(config), crossAttention: config.crossAttention };
    this.blocks = Array.from({ length: config.layers }, () => new DecoderBlock(blockConfig));
    const { dModel, vocabSize, epsilon, headBias: bias } = config;
    const finalNorm = config.finalNorm ?? config.norm === "pre";
    this.norm = finalNorm ? makeNorm(config.normalization ?? "layerNorm", { dModel, epsilon }) : undefined;
    const tied = (config.tied ?? true) ? this.embedding.weight : undefined;
    const initial = tied ? undefined : initialOf(config);
    this.head = new OutputHead({ kind: "languageModel", dModel, vocabSize, bias, tied, initial });
  }

  override get caching(): Caching {
    return "perPosition";
  }

  /** The last hidden state, before the head: ids [batch][seq] → [batch, seq, dModel]. */
  hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    const { contextLength } = this.config;
    checkPass("DecoderModel", pass, this.config.crossAttention ? unused : unusedWithoutCross);
    const seq = expectIds("DecoderModel", ids, { contextLength, held: pass.cache?.length });
    pass.cache?.expectRoom(seq);
    pass.cache?.begin(this);
    pass = sharing(pass);
    let x = embed(this, ids, pass);
    for (const block of this.blocks) x = block.forward(x, pass);
    if (this.norm) x = this.norm.forward(x);
    pass.cache?.advance(seq);
    return x;
  }

  /** Scores for the next token at each position: ids [batch][seq] → logits [batch, seq, vocabSize]. */
  forward(ids: Ids, pass: Pass = {}): Tensor<readonly [batch: number, seq: number, vocabSize: number]> {
    return this.head.forward(this.hidden(ids, pass), pass) as Tensor<Sequence>;
  }
}

const unused: Unused = { types: "a decoder has no token types" };

const noCross = "the model has no cross attention";
const unusedWithoutCross: Unused = { ...unused, memory: noCross, memoryMask: noCross };

/** Token vectors with positions added: [batch, seq, dModel]. Reports `embedding`. */
function embed(model: DecoderModel, ids: Ids, pass: Pass): Tensor<Sequence> {
  const vectors = model.embedding.forward(ids);
  const placed = model.position ? model.position.forward(vectors, pass) : vectors;
  const kept = pass.rng ? dropout(placed, { rate: embeddingDropoutOf(model.config), random: pass.rng }) : placed;
  return tap(pass, model, "embedding", kept);
}
