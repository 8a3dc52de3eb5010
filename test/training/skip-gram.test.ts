import { cosineSimilarity, initialize, random, slice, type Tensor, valueAndGradients } from "transformer-blocks";
import { adamW, SkipGram, type SkipGramBatch, skipGramBatches, train } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const batch: SkipGramBatch = {
  centers: [0, 3, 0],
  contexts: [1, 2, 4],
  negatives: [
    [2, 4],
    [0, 2],
    [2, 2],
  ],
};

/** A model with vectors that are far from zero. */
function model(): SkipGram {
  const made = initialize(new SkipGram({ vocabSize: 5, dModel: 3 }), { seed: 1 });
  for (const [path, parameter] of made.parameters()) parameter.data.set(random(2).stream(path).normal(15));
  return made;
}

/** In float64: the loss, and its gradients as word2vec computes them, g = σ(u · v) − label. */
function reference(
  vectors: Float32Array,
  contexts: Float32Array,
  { centers, contexts: near, negatives }: SkipGramBatch,
) {
  const gradients = { vectors: new Float64Array(15), contexts: new Float64Array(15) };
  let loss = 0;
  for (const [pair, center] of centers.entries()) {
    for (const [i, word] of [near[pair]!, ...negatives[pair]!].entries()) {
      const label = i === 0 ? 1 : 0;
      let score = 0;
      for (let d = 0; d < 3; d++) score += vectors[3 * center + d]! * contexts[3 * word + d]!;
      loss -= Math.log(1 / (1 + Math.exp(label ? -score : score))) / centers.length;
      const g = (1 / (1 + Math.exp(-score)) - label) / centers.length;
      for (let d = 0; d < 3; d++) {
        gradients.vectors[3 * center + d]! += g * contexts[3 * word + d]!;
        gradients.contexts[3 * word + d]! += g * vectors[3 * center + d]!;
      }
    }
  }
  return { loss, gradients };
}

describe("SkipGram", () => {
  it("has the loss and the gradients of the paper, also where words repeat", () => {
    const skipGram = model();
    const { vectors, contexts } = skipGram;
    const wanted = reference(vectors.weight.data, contexts.weight.data, batch);
    const { value, gradients } = valueAndGradients(skipGram, () => skipGram.loss(batch));
    expect(value.item()).toBeCloseTo(wanted.loss, 5);
    for (const name of ["vectors", "contexts"] as const) {
      const found = gradients.get(`${name}.weight`).data;
      for (const [i, x] of found.entries()) expect(x, `${name} ${i}`).toBeCloseTo(wanted.gradients[name][i]!, 5);
    }
  });

  it("starts as word2vec does: small vectors, contexts of zero, and so a loss of (1 + negatives) log 2", () => {
    const skipGram = initialize(new SkipGram({ vocabSize: 5, dModel: 3 }), { seed: 1 });
    expect(skipGram.loss(batch).item()).toBeCloseTo(3 * Math.log(2), 5);
    expect(Math.max(...skipGram.vectors.weight.data.map(Math.abs))).toBeLessThanOrEqual(1 / 6);
  });

  it("refuses lists of different lengths, unknown words and a batch without pairs", () => {
    const skipGram = model();
    const change = (part: Partial<SkipGramBatch>) => () => skipGram.loss({ ...batch, ...part });
    expect(change({ contexts: [1] })).toThrow("SkipGram: contexts has 1 entries for 3 centers; give one for each");
    expect(change({ negatives: [] })).toThrow("SkipGram: negatives has 0 entries for 3 centers; give one for each");
    expect(change({ centers: [0, 9, 0] })).toThrow(/9 .*is not a whole number from 0 to 4/);
    expect(change({ centers: [], contexts: [], negatives: [] })).toThrow("SkipGram: the batch has no pairs");
  });

  it("gives words of the same contexts similar vectors", async () => {
    // 0 and 1 stand beside 4 and 5, but 2 and 3 beside 6 and 7.
    const texts = [0, 1].flatMap((word) => [
      [word, 4],
      [5, word],
      [word + 2, 6],
      [7, word + 2],
    ]);
    const skipGram = initialize(new SkipGram({ vocabSize: 8, dModel: 4 }), { seed: 1 });
    await train(skipGram, {
      batches: skipGramBatches(texts, { pairs: 64, subsampling: 1 }),
      loss: (drawn) => skipGram.loss(drawn),
      steps: 60,
      optimizer: adamW(skipGram, { learningRate: 0.05 }),
    });
    const row = (word: number): Tensor => slice(skipGram.vectors.weight, { axis: 0, start: word, end: word + 1 });
    const similarity = (a: number, b: number) => cosineSimilarity(row(a), row(b)).data[0]!;
    expect(similarity(0, 1)).toBeGreaterThan(0.9);
    expect(similarity(0, 2)).toBeLessThan(0.5);
  });
});

describe("skipGramBatches", () => {
  const text = Array.from({ length: 40 }, (_, i) => i);
  const draw = (texts: number[][], options: Partial<Parameters<typeof skipGramBatches>[1]>) =>
    skipGramBatches(texts, { pairs: 20_000, subsampling: 1, negatives: 1, ...options })(0, random(3));
  const shares = (words: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return (word: number) => (counts.get(word) ?? 0) / words.length;
  };

  it("pairs words up to the window, near ones more often, and none of two texts", () => {
    const other = text.map((word) => word + 100);
    const { centers, contexts } = draw([text, other], { window: 4 });
    const distance = shares(centers.map((center, i) => Math.abs(center - contexts[i]!)));
    // The reach is drawn from 1 to 4, so that a distance d is within it in 4, 3, 2, 1 of 4 cases.
    for (const d of [1, 2, 3, 4]) expect(distance(d)).toBeCloseTo((5 - d) / 10, 1.5);
    expect([1, 2, 3, 4].reduce((sum, d) => sum + distance(d), 0)).toBeCloseTo(1, 9);
  });

  it("draws negatives by count to the power 0.75, and never the word that is near", () => {
    const texts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].map((word) => [word, 1, 2]);
    texts.push([3, 4], [3, 4]);
    const counts = [16, 16, 16, 2, 2];
    const { contexts, negatives } = draw(texts, {});
    const total = counts.reduce((sum, count) => sum + count ** 0.75, 0);
    // Where 3 is near, the others keep their proportions.
    const drawn = shares(negatives.flat().filter((_, i) => contexts[i] !== 4 && contexts[i] !== 3));
    const without = counts.map((count) => count ** 0.75 / (total - 16 ** 0.75));
    expect(drawn(3)).toBeCloseTo(without[3]!, 2);
    expect(negatives.every(([negative], i) => negative !== contexts[i])).toBe(true);
  });

  it("leaves out frequent words by √(t / f), and then reaches further", () => {
    // 0 is every second word: f = 1/2. Of the others each is 1/40.
    const texts = [text.slice(1, 21).flatMap((word) => [0, word])];
    const { centers, contexts } = draw(texts, { subsampling: 0.02, window: 1 });
    const [frequent, rare] = [Math.sqrt(0.02 / 0.5), Math.sqrt(0.02 * 40)];
    expect(shares(centers)(0)).toBeCloseTo((0.5 * frequent) / (0.5 * frequent + 0.5 * rare), 1.5);
    const far = centers.filter((center, i) => Math.abs(center - contexts[i]!) === 1 && center * contexts[i]! > 0);
    expect(far.length / centers.length).toBeGreaterThan(0.4); // not adjacent in the text
  });

  it("depends only on the batch's generator", () => {
    const batches = skipGramBatches([text], { pairs: 4 });
    expect(batches(5, random(1))).toEqual(batches(0, random(1)));
    expect(batches(0, random(2))).not.toEqual(batches(0, random(1)));
  });

  it("keeps ids far apart without room for those between", () => {
    const { centers } = draw([[0, 2 ** 31 - 1]], { pairs: 10 });
    expect(new Set(centers)).toEqual(new Set([0, 2 ** 31 - 1]));
  });

  it("ends even if negatives are nearly always the same word", () => {
    const texts = [Array.from({ length: 2000 }, (_, i) => (i === 0 ? 1 : 0))];
    expect(draw(texts, { power: 2, pairs: 100 }).negatives).toHaveLength(100);
  });

  it.each([
    ["no texts", [], {}, "skipGramBatches: no text has two words, so that none is near another; give longer texts"],
    ["texts of one word", [[1], [2]], {}, "no text has two words"],
    ["one word repeated", [[1, 1, 1]], {}, "the texts are one word repeated; there is no other to draw as a negative"],
    ["a word that is no id", [[1, -1]], {}, "texts[0][1] must be a whole number of 0 or more"],
    ["a window of 0", [[1, 2]], { window: 0 }, "window must be a whole number of 1 or more"],
    ["a subsampling of 0", [[1, 2]], { subsampling: 0 }, "subsampling must be a finite number above 0"],
    ["another library's name", [[1, 2]], { negative: 5 }, 'there is no option "negative"; did you mean "negatives"?'],
  ])("refuses %s", (_, texts, options, message) => {
    expect(() => skipGramBatches(texts, { pairs: 4, ...options })).toThrow(message);
  });

  it("says so if subsampling leaves no words", () => {
    expect(() => draw([[1, 2]], { subsampling: 1e-12, pairs: 4 })).toThrow(
      "skipGramBatches: subsampling 1e-12 leaves almost no words; use a larger one",
    );
  });
});
