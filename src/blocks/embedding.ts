import { embedding, type Ids, type Initial, initials, multiply, Parameter, type Tensor } from "../tensor";
import { expectSize } from "./checks";
import { Module } from "./module";
import type { Sequence } from "./pass";

export interface EmbeddingConfig {
  vocabSize: number;
  dModel: number;
  /** What every vector is multiplied by; the original Transformer takes √dModel. */
  scale?: number | undefined;
  /** How the table starts; N(0, 0.02²) unless given. */
  initial?: Initial | undefined;
}

/** A vector for each token: ids [batch][seq] → [batch, seq, dModel]. */
export class Embedding extends Module {
  /** [vocabSize, dModel] */
  readonly weight: Parameter;
  readonly scale: number;

  constructor(config: EmbeddingConfig) {
    super();
    expectSize("Embedding", "vocabSize", config.vocabSize);
    expectSize("Embedding", "dModel", config.dModel);
    this.weight = new Parameter([config.vocabSize, config.dModel], config.initial ?? initials.normal(0.02));
    this.scale = config.scale ?? 1;
  }

  forward(ids: Ids): Tensor<Sequence> {
    const vectors = embedding(ids, this.weight);
    return this.scale === 1 ? vectors : multiply(vectors, this.scale);
  }
}
