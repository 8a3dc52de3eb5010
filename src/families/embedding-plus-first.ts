import { type Caching, type Embedding, Module, type Sequence } from "../blocks";
import { add, type Ids, type Tensor } from "../tensor";

/** The vectors of one table, plus the first of another, for models whose tokens are all of the first type or task. */
export class EmbeddingPlusFirst extends Module {
  readonly vectors: Embedding;
  readonly others: Embedding;

  constructor(vectors: Embedding, others: Embedding) {
    super();
    this.vectors = vectors;
    this.others = others;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids): Tensor<Sequence> {
    const first = ids.map((row) => row.map(() => 0));
    return add(this.vectors.forward(ids), this.others.forward(first));
  }
}
