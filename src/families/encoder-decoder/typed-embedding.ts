import { type Caching, type Embedding, Module, type Sequence } from "../../blocks";
import { add, type Ids, type Tensor } from "../../tensor";

/** Vectors of tokens that are all of the first type: what an encoder with token types sees as a decoder. */
export class TypedEmbedding extends Module {
  readonly words: Embedding;
  readonly types: Embedding;

  constructor(words: Embedding, types: Embedding) {
    super();
    this.words = words;
    this.types = types;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids): Tensor<Sequence> {
    const first = ids.map((row) => row.map(() => 0));
    return add(this.words.forward(ids), this.types.forward(first));
  }
}
