import {
  HeadTransform,
  initialize,
  OutputHead,
  type OutputHeadConfig,
  Pooler,
  random,
  type Sequence,
  sigmoid,
  type Tensor,
  TokenPooling,
  tensor,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { normal } from "../kernels/compare";

const [batch, seq, dModel] = [3, 4, 2] as const;
const values = normal(3, "heads", batch * seq * dModel);
const hidden: Tensor<Sequence> = tensor(values, [batch, seq, dModel]);
const vector = (row: number, place: number) => [...values.subarray((row * seq + place) * dModel).subarray(0, dModel)];

/** Padded on the right, padded on the left, and padding alone. */
const mask = [
  [1, 1, 0, 0],
  [0, 1, 1, 1],
  [0, 0, 0, 0],
];
const PAD = 9;
const ids = mask.map((row) => row.map((keep) => (keep ? 5 : PAD)));
/** The places that count in each row, the fallback of a row without any left to the rule. */
const kept = mask.map((row) => row.flatMap((keep, place) => (keep ? [place] : [])));
const all = mask.map(() => [0, 1, 2, 3]);

const rules = {
  first: (row: number, places: readonly number[]) => vector(row, places[0] ?? 0),
  last: (row: number, places: readonly number[]) => vector(row, places.at(-1) ?? 0),
  mean: (row: number, places: readonly number[]) =>
    [0, 1].map((i) => places.reduce((sum, place) => sum + vector(row, place)[i]!, 0) / Math.max(places.length, 1)),
};
const kinds = ["first", "last", "mean"] as const;

function expectNear(found: Tensor, wanted: readonly (readonly number[])[]): void {
  expect(found.shape).toEqual([wanted.length, wanted[0]!.length]);
  wanted.flat().forEach((value, i) => {
    expect(found.data[i]).toBeCloseTo(value, 5);
  });
}

describe.each(kinds)("the %s vector of each text", (kind) => {
  it("counts every token if none are left out", () => {
    expectNear(
      new TokenPooling({ kind }).forward(hidden, { mask }),
      all.map((places, row) => rules[kind](row, places)),
    );
  });

  it("leaves out what the padding mask hides, on either side", () => {
    const pooling = new TokenPooling({ kind, skip: "masked" });
    const wanted = kept.map((places, row) => rules[kind](row, places));
    expectNear(pooling.forward(hidden, { mask }), wanted);
    expectNear(
      pooling.forward(hidden),
      all.map((places, row) => rules[kind](row, places)),
    );
  });

  it("leaves out padding by its id, whatever the mask says", () => {
    const wanted = kept.map((places, row) => rules[kind](row, places));
    expectNear(new TokenPooling({ kind, skip: PAD }).forward(hidden, {}, ids), wanted);
  });

  it("takes only the tokens of one id, such as the end token", () => {
    const ends = [[0, 2], [1], [0, 1, 3]];
    const marked = all.map((places, row) => places.map((place) => (ends[row]!.includes(place) ? 7 : 5)));
    const wanted = ends.map((places, row) => rules[kind](row, places));
    expectNear(new TokenPooling({ kind, only: 7 }).forward(hidden, {}, marked), wanted);
  });
});

describe("a pooling that needs what it is not given", () => {
  it("asks for ids, for padding instead of a tensor, and for numbers that fit", () => {
    const byId = new TokenPooling({ kind: "last", skip: PAD });
    expect(() => byId.forward(hidden)).toThrow(/^TokenPooling: ids are missing/);
    const ends = new TokenPooling({ kind: "last", only: 2 });
    expect(() =>
      ends.forward(hidden, {}, [
        [2, 1, 2, 0],
        [1, 2, 0, 0],
        [1, 1, 1, 1],
      ]),
    ).toThrow(new RangeError("TokenPooling: row 2 of ids has no token 2; add it to every text"));
    expect(() => new TokenPooling({ kind: "last", only: 2, skip: PAD })).toThrow(TypeError);
    expect(() => byId.forward(hidden, {}, [[1]])).toThrow(/^TokenPooling: ids \[1, 1\] must be \[3, 4\]/);
    const masked = new TokenPooling({ kind: "mean", skip: "masked" });
    expect(() => masked.forward(hidden, { mask: tensor([1]) })).toThrow(/\[batch\]\[seq\] here, not a Tensor/);
    expect(() => masked.forward(hidden, { mask: [[1, 1, 1, 1]] })).toThrow(/pass.mask \[1, 4\] must be \[3, 4\]/);
  });
});

/** W x + b in float64. */
const dense = (x: readonly number[], { weight, bias }: { weight: Tensor; bias?: Tensor | undefined }) =>
  Array.from({ length: weight.shape[0]! }, (_, i) =>
    x.reduce((sum, value, j) => sum + value * weight.data[i * x.length + j]!, bias?.data[i] ?? 0),
  );
const make = (config: OutputHeadConfig) => initialize(new OutputHead(config), { seed: 4 });
const rows = [0, 1, 2];

describe("heads", () => {
  it("score a text from a pooled vector, through a transform", () => {
    const pooler = new Pooler({ dModel, activation: sigmoid, pooling: new TokenPooling({ kind: "last" }) });
    const transform = new HeadTransform({ dModel, width: 3, activation: "relu", norm: false, bias: false });
    const head = make({ kind: "sequenceClass", dModel, labels: 4, pooler, transform, bias: false });
    const wanted = rows.map((row) => {
      const pooled = dense(vector(row, 3), pooler.dense).map((x) => 1 / (1 + Math.exp(-x)));
      const inner = dense(pooled, transform.dense).map((x) => Math.max(x, 0));
      return dense(inner, head.projection);
    });
    expect(head.projection.bias).toBeUndefined();
    expectNear(head.forward(hidden), wanted);
  });

  it("score a text from the scores of its tokens", () => {
    const scorePooling = new TokenPooling({ kind: "mean", skip: "masked" });
    const head = make({ kind: "sequenceClass", dModel, labels: 3, scorePooling });
    const scores = (row: number) => all[row]!.map((place) => dense(vector(row, place), head.projection));
    const wanted = rows.map((row) =>
      [0, 1, 2].map((i) => kept[row]!.reduce((sum, at) => sum + scores(row)[at]![i]! / kept[row]!.length, 0)),
    );
    expectNear(head.forward(hidden, { mask }), wanted);
  });

  it("give the last token that is not padding, as a decoder's classifier does", () => {
    const pooler = new TokenPooling({ kind: "last", skip: PAD });
    const head = make({ kind: "sequenceClass", dModel, labels: 2, pooler, bias: false });
    const wanted = rows.map((row) => dense(vector(row, kept[row]!.at(-1) ?? 0), head.projection));
    expectNear(head.forward(hidden, {}, ids), wanted);
  });

  it("have the shapes that their kinds say", () => {
    const shapes: [OutputHeadConfig, number[]][] = [
      [{ kind: "languageModel", dModel, vocabSize: 7 }, [batch, seq, 7]],
      [{ kind: "maskedLanguageModel", dModel, vocabSize: 7, transform: false, bias: false }, [batch, seq, 7]],
      [{ kind: "nextSentence", dModel }, [batch, 2]],
      [{ kind: "nextSentence", dModel, labels: 5 }, [batch, 5]],
      [{ kind: "multipleChoice", dModel }, [batch, 1]],
      [{ kind: "tokenClass", dModel, labels: 5 }, [batch, seq, 5]],
      [{ kind: "replacedToken", dModel }, [batch, seq]],
      [{ kind: "questionAnswering", dModel }, [batch, seq, 2]],
    ];
    for (const [config, shape] of shapes) expect(make(config).forward(hidden).shape, config.kind).toEqual(shape);
  });

  it("scale and limit the scores of a language model", () => {
    const plain = make({ kind: "languageModel", dModel, vocabSize: 7 }).forward(hidden);
    const limited = make({ kind: "languageModel", dModel, vocabSize: 7, scale: 0.5, softcap: 0.3 }).forward(hidden);
    plain.data.forEach((score, i) => {
      expect(limited.data[i]).toBeCloseTo(0.3 * Math.tanh((score * 0.5) / 0.3), 5);
    });
  });

  it("keep a second head for the whole text beside the one for tokens", () => {
    const sentence = new OutputHead({ kind: "nextSentence", dModel });
    const head = make({ kind: "maskedLanguageModel", dModel, vocabSize: 7, sentence });
    expect(head.forward(hidden).shape).toEqual([batch, seq, 7]);
    expect(head.sentence!.forward(hidden).shape).toEqual([batch, 2]);
    expect([...head.parameters().keys()]).toContain("sentence.pooler.dense.weight");
  });

  it("drop values only if there are random numbers, before the pooler's layer and before the projection", () => {
    const pooler = new Pooler({ dModel, dropout: 0.5 });
    const head = make({ kind: "sequenceClass", dModel, labels: 2, pooler, dropout: 0.5 });
    const dropped = head.forward(hidden, { rng: random(1) });
    expect(dropped.toArray()).not.toEqual(head.forward(hidden).toArray());
    expect(pooler.forward(hidden, { rng: random(1) }).toArray()).not.toEqual(pooler.forward(hidden).toArray());
  });

  it("refuse options that would be ignored", () => {
    const scorePooling = new TokenPooling({ kind: "mean" });
    const pooler = new Pooler({ dModel });
    expect(() => make({ kind: "sequenceClass", dModel, labels: 2, pooler, scorePooling })).toThrow(
      /pooler has no effect/,
    );
    const masked = { kind: "maskedLanguageModel", dModel, vocabSize: 7 } as const;
    expect(() => make({ ...masked, transform: false, epsilon: 1 })).toThrow(/epsilon has no effect/);
    expect(() => new HeadTransform({ dModel, norm: false, epsilon: 1 })).toThrow(/epsilon has no effect/);
  });
});
