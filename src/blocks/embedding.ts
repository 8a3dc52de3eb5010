import { type Checks, checkOptions, numberIn } from "../checks";
import { knownAs } from "../synonyms";
import { embedding, type Ids, type Initial, initials, multiply, Parameter, type Tensor, zeros } from "../tensor";
import { initial, size } from "./checks";
import { type Caching, Module } from "./module";
import type { Sequence } from "./pass";

/** The sizes of an `Embedding`. */
export interface EmbeddingConfig {
  vocabSize: number;
  dModel: number;
  /** The factor of every vector; √dModel in the original Transformer. */
  scale?: number | undefined;
  /** The initial distribution of the table; N(0, 0.02²) if omitted. */
  initial?: Initial | undefined;
}

const checks: Checks<EmbeddingConfig> = /* @__PURE__ */ knownAs(
  {
    options: ["vocabSize nVocab vocab vocabularySize numEmbeddings numTokens inputDim"],
    advice: [["vocabSize", "paddingIdx paddingIndex", "padding has a vector too; a mask hides it"]],
  },
  { vocabSize: size, dModel: size, scale: numberIn(), initial },
);

/** A vector for each token: ids [batch][seq] → [batch, seq, dModel]. */
export class Embedding extends Module {
  /** [vocabSize, dModel] */
  readonly weight: Parameter;
  readonly scale: number;

  constructor(config: EmbeddingConfig) {
    super();
    checkOptions("Embedding", config, checks, ["vocabSize", "dModel"]);
    this.weight = new Parameter([config.vocabSize, config.dModel], config.initial ?? initials.normal(0.02));
    this.scale = config.scale ?? 1;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** ids [batch][seq] → [batch, seq, dModel]. */
  forward(ids: Ids): Tensor<Sequence> {
    // An empty array is a batch without rows here; the operation would take it for an empty list of ids.
    if (Array.isArray(ids) && ids.length === 0) return zeros([0, 0, this.weight.shape[1]!]);
    const vectors = embedding(ids, this.weight);
    return this.scale === 1 ? vectors : multiply(vectors, this.scale);
  }
}
