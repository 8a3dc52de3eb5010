import { describe, expect, it } from "vitest";
import {
  DecoderBlock,
  Embedding,
  initialize,
  Linear,
  OutputHead,
  type Pass,
  PositionalEncoding,
  Unchanged,
} from "../../src/blocks";
import { inductionScores, inspect, previousTokenScores } from "../../src/inspect";
import { DecoderModel, gpt } from "../../src/models";

const sizes = { vocabSize: 200, contextLength: 18 };
const [TOKEN, PLACE, BEFORE] = [0, sizes.vocabSize, sizes.vocabSize + sizes.contextLength];
const dModel = BEFORE + sizes.vocabSize;

/** Sets numbers of a weight [out, in]; the others are zero. */
function set(layer: Linear, entries: Iterable<readonly [row: number, column: number, value: number]>): void {
  const values = new Float32Array(dModel * dModel);
  for (const [row, column, value] of entries) values[row * dModel + column] = value;
  layer.weight.assign(values);
}

const copied = (count: number, to: number, from: number, value = 1) =>
  Array.from({ length: count }, (_, i) => [to + i, from + i, value] as const);

/** Elhage et al. 2021: a head that moves each token one place on, and one that looks for its own token among those. */
function inductionModel(): DecoderModel {
  const block = () =>
    new DecoderBlock({
      ...{ dModel, heads: 1, dFeedForward: 1, norm: "pre" as const, normalization: () => new Unchanged(), bias: false },
      attentionNorm: new Unchanged(),
    });
  const model = new DecoderModel({
    ...sizes,
    embedding: new Embedding({ vocabSize: sizes.vocabSize, dModel }),
    position: new PositionalEncoding({ kind: "learned", dModel, contextLength: sizes.contextLength }),
    blocks: [block(), block()],
    head: new OutputHead({ kind: "languageModel", dModel, vocabSize: sizes.vocabSize }),
  });
  initialize(model, { seed: 1 });
  const oneHot = (rows: number, start: number) =>
    Float32Array.from({ length: rows * dModel }, (_, i) => (i % dModel === start + Math.floor(i / dModel) ? 1 : 0));
  model.find("embedding", Embedding).weight.assign(oneHot(sizes.vocabSize, TOKEN));
  model.find("position", PositionalEncoding).weight!.assign(oneHot(sizes.contextLength, PLACE));
  const layer = (path: string) => model.find(path, Linear);
  const sharp = 100 * Math.sqrt(dModel);
  for (const i of [0, 1]) layer(`blocks.${i}.feedForward.down`).weight.assign(new Float32Array(dModel));
  // The query at place i + 1 meets the key at place i, and the value is the token there.
  set(layer("blocks.0.attention.query"), copied(sizes.contextLength - 1, PLACE, PLACE + 1, sharp));
  set(layer("blocks.0.attention.key"), copied(sizes.contextLength, PLACE, PLACE));
  set(layer("blocks.0.attention.value"), copied(sizes.vocabSize, BEFORE, TOKEN));
  set(layer("blocks.0.attention.output"), copied(sizes.vocabSize, BEFORE, BEFORE));
  // The query is a token, the key the token before.
  set(layer("blocks.1.attention.query"), copied(sizes.vocabSize, TOKEN, TOKEN, sharp));
  set(layer("blocks.1.attention.key"), copied(sizes.vocabSize, TOKEN, BEFORE));
  set(layer("blocks.1.attention.value"), []);
  set(layer("blocks.1.attention.output"), []);
  return model;
}

describe("a head that is built to", () => {
  const model = inductionModel();
  // Of these tokens no two are alike.
  const options = { length: 8, rows: 1, seed: 4 };

  it("look at the token before scores 1 as such, and the other does not", () => {
    const scores = previousTokenScores(model, options);
    expect(scores.get("blocks.0.attention")![0]).toBeCloseTo(1, 6);
    expect(scores.get("blocks.1.attention")![0]).toBeLessThan(0.5);
  });

  it("continue what came before scores 1 as an induction head, and the other does not", () => {
    // Without a start token, the first token looks at itself, as if it had come before itself.
    const scores = inductionScores(model, { ...options, startToken: 199 });
    expect(scores.get("blocks.1.attention")![0]).toBeCloseTo(1, 6);
    expect(scores.get("blocks.0.attention")![0]).toBeCloseTo(0, 6);
  });
});

describe("scores of heads", () => {
  const config = { vocabSize: 30, contextLength: 24, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.5 };
  const model = gpt(config, { seed: 1 });

  it("are means of recorded weights, over all texts and queries", () => {
    const seen: number[][][] = [];
    const { forward } = model;
    const spy = Object.assign(gpt(config, { seed: 1 }), {
      forward(ids: number[][], pass: Pass) {
        seen.push(ids);
        return forward.call(spy, ids, pass);
      },
    });
    const scores = inductionScores(spy, { length: 5, rows: 3, seed: 2 });
    const [ids] = seen;
    expect(ids!.map((row) => row.length)).toEqual([10, 10, 10]);
    for (const row of ids!) expect(row.slice(5)).toEqual(row.slice(0, 5));
    const { record } = inspect(model, (pass) => model.forward(ids!, pass), { sites: ["blocks.1.attention.weights"] });
    const weights = record.get("blocks.1.attention.weights")!.toArray() as number[][][][];
    const wanted = [0, 1].map((head) => {
      const each = weights.flatMap((text) => [5, 6, 7, 8, 9].map((i) => text[head]![i]![i - 4]!));
      return each.reduce((a, b) => a + b, 0) / each.length;
    });
    for (const head of [0, 1]) expect(scores.get("blocks.1.attention")![head]).toBeCloseTo(wanted[head]!, 6);
  });

  it("are the same for the same seed, and others for another", () => {
    expect(inductionScores(model)).toEqual(inductionScores(model, { length: 12, rows: 4, seed: 0 }));
    expect(inductionScores(model, { seed: 1 })).not.toEqual(inductionScores(model));
  });

  it.each([
    [{ length: 13 }, /13 tokens twice do not fit the context of 24; length is at most 12/],
    [{ length: 12, startToken: 1 }, /length is at most 11/],
    [{ startToken: 30 }, /startToken is 30, but the vocabulary has 30 tokens/],
    [{ rows: 0 }, /rows must be a whole number of 1 or more/],
    [{ seqLen: 3 }, /there is no option "seqLen"; did you mean "length"\?/],
  ])("refuse %j", (options, message) => {
    expect(() => Reflect.apply(inductionScores, undefined, [model, options])).toThrow(message);
    expect(() => Reflect.apply(previousTokenScores, undefined, [model, options])).toThrow(message);
  });

  it("refuse a model that does not say its sizes", () => {
    const layer = initialize(new Linear({ inFeatures: 2, outFeatures: 2 }), { seed: 1 });
    expect(() => Reflect.apply(inductionScores, undefined, [layer])).toThrow(
      /inductionScores: the model needs forward/,
    );
  });
});
