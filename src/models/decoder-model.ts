import {
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
import { dropout, type Ids, type Tensor } from "../tensor";
import {
  addedPositionOf,
  blockConfigOf,
  checkConfig,
  embeddingDropoutOf,
  embeddingOf,
  initialOf,
  type ModelConfig,
} from "./config";
import { expectIds } from "./ids";

export interface DecoderConfig extends ModelConfig {
  /** The head takes the embedding's weight; true unless given. */
  tied?: boolean | undefined;
  /** A bias for each token of the head. */
  headBias?: boolean | undefined;
  /** Blocks attend to `pass.memory` as well. */
  crossAttention?: boolean | undefined;
  /** A norm after the last block; where norms come before sublayers, unless given. */
  finalNorm?: boolean | undefined;
}

/**
 * Token vectors and positions, decoder blocks, a final norm and a head for the next token.
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
    checkConfig("DecoderModel", config);
    this.config = config;
    this.embedding = shared ?? embeddingOf(config);
    this.position = addedPositionOf(config);
    const blockConfig = blockConfigOf(config);
    this.blocks = Array.from({ length: config.layers }, () => new DecoderBlock(blockConfig));
    const finalNorm = config.finalNorm ?? config.norm === "pre";
    this.norm = finalNorm ? makeNorm(config.normalization ?? "layerNorm", config) : undefined;
    const { dModel, vocabSize, headBias: bias } = config;
    const tied = (config.tied ?? true) ? this.embedding.weight : undefined;
    this.head = new OutputHead({ kind: "languageModel", dModel, vocabSize, bias, tied, initial: initialOf(config) });
    this.parameters(); // Names them, so that one without values is named in the error.
  }

  /** The last hidden state, before the head: ids [batch][seq] → [batch, seq, dModel]. */
  hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    const { contextLength } = this.config;
    const seq = expectIds("ids", ids, { contextLength, held: pass.cache?.length });
    pass.cache?.expectRoom(seq);
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

/** Token vectors with positions added: [batch, seq, dModel]. Reports `embedding`. */
function embed(model: DecoderModel, ids: Ids, pass: Pass): Tensor<Sequence> {
  const vectors = model.embedding.forward(ids);
  const placed = model.position ? model.position.forward(vectors, pass) : vectors;
  const kept = pass.rng ? dropout(placed, { rate: embeddingDropoutOf(model.config), random: pass.rng }) : placed;
  return tap(pass, model, "embedding", kept);
}
