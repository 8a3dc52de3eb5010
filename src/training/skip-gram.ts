import { Embedding, Module } from "../blocks";
import { size } from "../blocks/internal";
import { type Checks, checkOptions, expectArray } from "../checks";
import {
  binaryCrossEntropy,
  divide,
  embedding,
  type Ids,
  initials,
  multiply,
  ShapeError,
  sum,
  Tensor,
  unsqueeze,
} from "../tensor";

/** The sizes of a `SkipGram`. */
export interface SkipGramConfig {
  vocabSize: number;
  /** The size of each vector. */
  dModel: number;
}

/** Pairs of words that stand near each other, each with words drawn at random. */
export interface SkipGramBatch {
  /** The word of each pair whose vector is trained, [pairs]. */
  centers: readonly number[];
  /** A word near it, [pairs]. */
  contexts: readonly number[];
  /** Words drawn at random, [pairs][negatives]. */
  negatives: Ids;
}

const configChecks: Checks<SkipGramConfig> = { vocabSize: size, dModel: size };
const batchChecks: Checks<SkipGramBatch> = { centers: expectArray, contexts: expectArray, negatives: expectArray };

/**
 * Word vectors by skip-gram with negative sampling. The vector vᵥ of a word w learns to tell a word c near it from words
 * n₁ … nₖ drawn at random, by their own vectors u: −log σ(u꜀ · v) − Σ log σ(−uₙ · v). After training, `vectors` are the
 * word vectors. `skipGramBatches` draws the pairs.
 *
 * @see Mikolov et al. 2013, Distributed Representations of Words and Phrases and their Compositionality (arXiv
 * 1310.4546), section 2.2
 * @example
 * ```ts
 * import { initialize } from "transformer-blocks";
 * import { adamW, SkipGram, skipGramBatches, train } from "transformer-blocks/training";
 * const texts = [[0, 2, 4], [1, 2, 4], [0, 3, 5], [1, 3, 5]]; // 0 and 1 stand in the same contexts
 * const model = initialize(new SkipGram({ vocabSize: 6, dModel: 4 }), { seed: 1 });
 * await train(model, {
 *   batches: skipGramBatches(texts, { pairs: 16, subsampling: 1 }),
 *   loss: (batch) => model.loss(batch),
 *   steps: 5,
 *   optimizer: adamW(model, { learningRate: 0.01 }),
 * });
 * model.vectors.weight.shape; // [6, 4]
 * ```
 */
export class SkipGram extends Module {
  /** v: the word vectors. Uniform in ±1 / (2 dModel) at first. */
  readonly vectors: Embedding;
  /** u: the vectors of words as contexts. Zeros at first. */
  readonly contexts: Embedding;

  constructor(config: SkipGramConfig) {
    super();
    checkOptions("SkipGram", config, configChecks, ["vocabSize", "dModel"]);
    const { vocabSize, dModel } = config;
    this.vectors = new Embedding({ vocabSize, dModel, initial: initials.uniform(0.5 / dModel) });
    this.contexts = new Embedding({ vocabSize, dModel, initial: initials.zeros() });
  }

  /** The scores u · v of words beside centers: [pairs] and [pairs][words] → [pairs, words]. */
  forward(centers: readonly number[], words: Ids): Tensor<readonly [pairs: number, words: number]> {
    expectArray("SkipGram", "centers", centers);
    expectArray("SkipGram", "words", words);
    expectPairs("words", words, centers.length);
    const v = unsqueeze(embedding(centers, this.vectors.weight), { axis: 1 }); // [pairs, 1, dModel]
    const u = embedding(words, this.contexts.weight); // [pairs, words, dModel]
    return sum(multiply(v as Tensor, u), { axis: -1 }) as Tensor<readonly [number, number]>;
  }

  /**
   * The mean over the pairs of −log σ(u꜀ · v) − Σ log σ(−uₙ · v).
   *
   * @throws ShapeError unless there is a context and a row of negatives for each center; RangeError for an id that is not
   * in the vocabulary, or a batch without pairs
   */
  loss(batch: SkipGramBatch): Tensor {
    checkOptions("SkipGram", batch, batchChecks, ["centers", "contexts", "negatives"]);
    const { centers, contexts, negatives } = batch;
    if (centers.length === 0) throw new RangeError("SkipGram: the batch has no pairs");
    expectPairs("contexts", contexts, centers.length);
    expectPairs("negatives", negatives, centers.length);
    const words = Array.from(negatives, (row, pair) => {
      expectArray("SkipGram", `negatives[${pair}]`, row);
      return [contexts[pair]!, ...row];
    });
    const scores = this.forward(centers, words);
    const width = scores.shape[1];
    const isNear = Float32Array.from({ length: scores.size }, (_, i) => Number(i % width === 0));
    const losses = binaryCrossEntropy(scores, new Tensor(scores.shape, isNear), { reduction: "sum" });
    return divide(losses, centers.length);
  }
}

function expectPairs(name: string, list: readonly unknown[], pairs: number): void {
  if (list.length !== pairs)
    throw new ShapeError(`SkipGram: ${name} has ${list.length} entries for ${pairs} centers; give one for each`);
}
