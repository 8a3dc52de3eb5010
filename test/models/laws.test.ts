import * as fc from "fast-check";
import {
  bert,
  type DecoderConfig,
  encoderDecoder,
  gpt,
  KeyValueCache,
  type Pass,
  random,
  type Sequence,
  slice,
  type Tensor,
} from "transformer-blocks";
import { checkLaws, close, decoderModelLaws, encoderModelLaws, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";

const vocabSize = 11;
const config = { vocabSize, contextLength: 12, dModel: 8, heads: 4, layers: 2, initialDeviation: 0.5 };
const runs = { numRuns: 25 };
const token = fc.nat(vocabSize - 1);
const tokens = (length: number) => fc.array(token, { minLength: length, maxLength: length });
/** [batch][seq] of one or two rows of one to ten tokens. */
const texts = fc
  .record({ batch: fc.integer({ min: 1, max: 2 }), seq: fc.integer({ min: 1, max: 10 }) })
  .chain(({ batch, seq }) => fc.array(tokens(seq), { minLength: batch, maxLength: batch }));
/** Each row of one to five tokens, one length for all. */
const shortTexts = texts.map((rows) => rows.map((row) => row.slice(0, 5)));

const start = (x: Tensor, length: number) => slice(x, { axis: 1, end: length });
const padded = (rows: readonly number[][], padding: readonly number[]) => rows.map((row) => [...row, ...padding]);
const paddingMask = (rows: readonly number[][], padding: readonly number[]) =>
  rows.map((row) => [...row.map(() => 1), ...padding.map(() => 0)]);

describe("gpt", () => {
  const kinds: { name: string; more: Partial<DecoderConfig> }[] = [
    { name: "learned positions", more: {} },
    { name: "rotary positions", more: { position: "rotary", headDim: 4 } },
    { name: "sinusoidal positions", more: { position: "sinusoidal" } },
    { name: "grouped heads", more: { keyValueHeads: 2, position: "rotary" } },
    { name: "one key head, gated, rmsNorm", more: { keyValueHeads: 1, gated: true, normalization: "rmsNorm" } },
    { name: "post-norm", more: { norm: "post" } },
  ];

  describe.each(kinds)("with $name", ({ more }) => {
    const model = gpt({ ...config, ...more }, { seed: 4 });

    it("has the laws of a decoder: a prefix stays as it is, a cache changes nothing, rows are apart", () => {
      checkLaws(decoderModelLaws, model, { runs: 25, inputs: { vocabSize, maxLength: 10 } });
    });
  });

  it("keeps padding on the left from leaking, given positions", () => {
    const model = gpt({ ...config, position: "rotary" }, { seed: 4 });
    fc.assert(
      fc.property(shortTexts, tokens(2), (ids, padding) => {
        const seq = ids[0]!.length;
        const pass: Pass = {
          mask: ids.map((row) => [...padding.map(() => 0), ...row.map(() => 1)]),
          positions: [...padding.map(() => 0), ...ids[0]!.map((_, i) => i)],
        };
        const shifted = model.forward(
          ids.map((row) => [...padding, ...row]),
          pass,
        );
        return close(slice(shifted, { axis: 1, start: 2, end: 2 + seq }), model.forward(ids), 1e-5);
      }),
      runs,
    );
  });

  it("has parameters that depend on seed and path, so that more layers leave the first as they were", () => {
    const [two, three] = [gpt(config, { seed: 4 }), gpt({ ...config, layers: 3 }, { seed: 4 })];
    for (const [path, { data }] of two.parameters()) expect(three.parameters().get(path)?.data, path).toEqual(data);
    expect(gpt(config, { seed: 5 }).embedding.weight.data).not.toEqual(two.embedding.weight.data);
  });

  it("drops only with a source of randomness, equal seeds the same", () => {
    const model = gpt({ ...config, dropout: 0.3 }, { seed: 4 });
    const plain = gpt(config, { seed: 4 });
    const ids = [[1, 2, 3]];
    expect(maxDifference(model.forward(ids), plain.forward(ids))).toBe(0);
    const dropped = (seed: number) => model.forward(ids, { rng: random(seed) });
    expect(maxDifference(dropped(1), dropped(1))).toBe(0);
    expect(maxDifference(dropped(1), dropped(2))).toBeGreaterThan(1e-3);
    expect(maxDifference(plain.forward(ids), plain.forward(ids, { rng: random(1) }))).toBeLessThan(1e-5);
  });
});

describe("bert", () => {
  const model = bert(config, { seed: 4 });

  it("has the laws of an encoder: padding might as well be absent, rows are apart", () => {
    checkLaws(encoderModelLaws, model, { runs: 25, inputs: { vocabSize } });
  });

  it("depends on tokens of both sides", () => {
    const last = (ids: number[][]) => start(model.forward(ids), 1);
    expect(maxDifference(last([[1, 2, 3]]), last([[1, 2, 4]]))).toBeGreaterThan(1e-3);
  });

  it("takes token types, all 0 if omitted", () => {
    const ids = [[1, 2, 3]];
    const zero = model.forward(ids, { types: [[0, 0, 0]] });
    expect(maxDifference(model.forward(ids), zero)).toBe(0);
    expect(maxDifference(model.forward(ids, { types: [[0, 1, 1]] }), zero)).toBeGreaterThan(1e-3);
  });

  it("gives each head's shape", () => {
    const shapes = (
      [
        { kind: "maskedLanguageModel" },
        { kind: "sequenceClass", labels: 3 },
        { kind: "tokenClass", labels: 5 },
        { kind: "questionAnswering" },
      ] as const
    ).map((head) => bert({ ...config, head }, { seed: 1 }).forward([[1, 2, 3, 4]]).shape);
    expect(shapes).toEqual([
      [1, 4, vocabSize],
      [1, 3],
      [1, 4, 5],
      [1, 4, 2],
    ]);
    expect(model.pooled([[1, 2, 3]]).shape).toEqual([1, 8]);
  });
});

describe("encoderDecoder", () => {
  const model = encoderDecoder(config, { seed: 4 });

  it("does not let padding of the source leak", () => {
    fc.assert(
      fc.property(texts, shortTexts, tokens(2), tokens(2), (source, target, padding, other) => {
        const targets = source.map((_, i) => target[i % target.length]!);
        const mask = paddingMask(source, padding);
        const first = model.forward(padded(source, padding), targets, { mask });
        const second = model.forward(padded(source, other), targets, { mask });
        return maxDifference(first, second) === 0 && close(first, model.forward(source, targets), 1e-5);
      }),
      runs,
    );
  });

  it("does not let the target's future leak", () => {
    fc.assert(
      fc.property(tokens(4), texts, tokens(2), tokens(2), (source, past, future, other) => {
        const sources = past.map(() => source);
        const outputs = [future, other].map((end) => start(model.forward(sources, padded(past, end)), past[0]!.length));
        return maxDifference(outputs[0]!, outputs[1]!) === 0;
      }),
      runs,
    );
  });

  it("gives the same in one call, in two, and step by step on a kept memory", () => {
    fc.assert(
      fc.property(tokens(5), texts, (source, targets) => {
        const sources = targets.map(() => source);
        const mask = sources.map(() => [1, 1, 1, 1, 0]);
        const whole = model.forward(sources, targets, { mask });
        const memory = model.encode(sources, { mask });
        const cache = new KeyValueCache({ capacity: 12 });
        const steps = targets[0]!.map((_, i) =>
          model.decode(
            targets.map((row) => [row[i]!]),
            memory,
            { memoryMask: mask, cache },
          ),
        );
        return (
          maxDifference(model.decode(targets, memory, { memoryMask: mask }), whole) === 0 &&
          steps.every((step, i) => close(step, slice(whole, { axis: 1, start: i, end: i + 1 }), 1e-5))
        );
      }),
      runs,
    );
  });

  it("shares one embedding between encoder, decoder and head", () => {
    const paths = [...model.parameters().keys()];
    expect(paths.filter((path) => model.parameters().get(path) === model.encoder.embedding.weight)).toHaveLength(1);
    expect(model.decoder.head.projection.weight).toBe(model.encoder.embedding.weight);
    const memory: Tensor<Sequence> = model.encode([[1, 2]]);
    expect(memory.shape).toEqual([1, 2, 8]);
  });
});
