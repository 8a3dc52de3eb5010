import * as fc from "fast-check";
import {
  AlibiPositions,
  attention,
  attentionWeights,
  bert,
  concatenate,
  DecoderBlock,
  dropout,
  Embedding,
  EncoderBlock,
  EncoderModel,
  gpt,
  grad,
  initialize,
  type Module,
  MultiHeadAttention,
  multiply,
  type Pass,
  Pooler,
  PositionalEncoding,
  type Random,
  RelativePositions,
  random,
  type Sequence,
  slice,
  sum,
  type Tap,
  type Tensor,
  TokenPooling,
  tensor,
} from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { dModel, normal, runs } from "./inputs";

const lengthsOf = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
const total = (lengths: readonly number[]) => lengths.reduce((all, length) => all + length, 0);
const startOf = (lengths: readonly number[], text: number) => total(lengths.slice(0, text));
/** The tokens of one text of a row. */
const textOf = <T extends Tensor>(x: T, lengths: readonly number[], text: number): Tensor<Sequence> => {
  const start = startOf(lengths, text);
  return slice(x, { axis: 1, start, end: start + lengths[text]! }) as unknown as Tensor<Sequence>;
};
const each = (lengths: readonly number[], f: (text: number) => Tensor): Tensor =>
  concatenate(
    lengths.map((_, text) => f(text)),
    { axis: 1 },
  );

type Layer = Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> };
const sizes = { dModel, heads: 2 };
const rotary = new PositionalEncoding({ kind: "rotary", headDim: 4 });

/** What makes a layer of attention different from another. */
const layers: Record<string, () => Layer> = {
  plain: () => new MultiHeadAttention(sizes),
  rotary: () => new MultiHeadAttention({ ...sizes, position: rotary }),
  "a window": () => new MultiHeadAttention({ ...sizes, window: 2 }),
  "relative positions": () => new MultiHeadAttention({ ...sizes, scoreBias: new RelativePositions({ heads: 2 }) }),
  alibi: () => new MultiHeadAttention({ ...sizes, scoreBias: new AlibiPositions({ heads: 2 }) }),
  sinks: () => new MultiHeadAttention({ ...sizes, sinks: true, keyValueHeads: 1, softcap: 2 }),
  "an encoder block": () => new EncoderBlock(sizes),
  "a decoder block": () => new DecoderBlock({ ...sizes, position: rotary }),
};

describe.each(Object.entries(layers))("texts end to end in a layer: %s", (_, make) => {
  const layer = initialize(make(), { seed: 3 });

  it("are what each is alone, causal or not", () => {
    fc.assert(
      fc.property(lengthsOf, fc.boolean(), fc.nat(100), (lengths, causal, seed) => {
        const x = normal(random(seed), 1, total(lengths));
        const together = layer.forward(x, { lengths, causal });
        const alone = each(lengths, (text) => layer.forward(textOf(x, lengths, text), { causal }));
        expect(maxDifference(together, alone)).toBeLessThanOrEqual(1e-6);
      }),
      runs,
    );
  });

  it("have the gradients of each alone", () => {
    const lengths = [3, 1, 5];
    const x = normal(random(1), 1, 9);
    const weights = normal(random(2), 1, 9);
    const parts = [x, ...layer.parameters().values()];
    const of = (f: () => Tensor) => grad(parts, () => sum(multiply(f(), weights)));
    const together = of(() => layer.forward(x, { lengths }));
    const alone = of(() => each(lengths, (text) => layer.forward(textOf(x, lengths, text))));
    for (const part of parts) expect(maxDifference(together.get(part)!, alone.get(part)!)).toBeLessThanOrEqual(1e-5);
  });
});

describe("attention of texts end to end", () => {
  const heads = (source: Random, seq: number) => tensor(source.normal(seq * 8), [1, seq, 2, 4]);
  const [q, k, v] = [1, 2, 3].map((seed) => heads(random(seed), 6));
  const lengths = [2, 4];

  it("takes a mask and a bias for each text, as far as it is long", () => {
    const mask = tensor(
      random(4)
        .uniform(2 * 4 * 4)
        .map((x) => Number(x > 0.3)),
      [2, 1, 4, 4],
    );
    const bias = tensor(random(5).normal(2 * 2 * 4 * 4), [2, 2, 4, 4]);
    const options = { mask, bias, window: 3, softcap: 2 };
    const part = (x: Tensor, text: number) => {
      const own = slice(x, { axis: 0, start: text, end: text + 1 });
      return slice(slice(own, { axis: 2, end: lengths[text]! }), { axis: 3, end: lengths[text]! });
    };
    const together = attention(q!, k!, v!, { ...options, lengths });
    lengths.forEach((_, text) => {
      const own = { ...options, mask: part(mask, text), bias: part(bias, text) };
      const [a, b, c] = [q!, k!, v!].map((x) => textOf(x, lengths, text) as unknown as typeof x);
      expect(maxDifference(textOf(together, lengths, text), attention(a!, b!, c!, own))).toBeLessThanOrEqual(1e-6);
      const weights = attentionWeights(q!, k!, { ...options, lengths });
      expect(maxDifference(part(weights, text), attentionWeights(a!, b!, own))).toBeLessThanOrEqual(1e-6);
    });
  });

  it("drops the same weights whether they are seen or not", () => {
    const layer = initialize(new MultiHeadAttention({ ...sizes, dropout: 0.5 }), { seed: 1 });
    const x = normal(random(1), 1, 6);
    const seen: Tensor[] = [];
    const tap: Tap = {
      sees: (_, site) => site === "weights",
      take: (_module, _site, value) => {
        seen.push(value);
        return value;
      },
    };
    const [one, two] = [undefined, tap].map((tap) =>
      layer.forward(x, { lengths, rng: random(9), ...(tap && { tap }) }),
    );
    expect(maxDifference(one!, two!)).toBeLessThanOrEqual(1e-6);
    expect(seen[0]!.shape).toEqual([2, 2, 4, 4]);
    expect(maxDifference(one!, layer.forward(x, { lengths }))).toBeGreaterThan(0.01);
    const dropped = attentionWeights(q!, k!, { lengths, dropout: { rate: 0.5, random: random(2) } });
    expect(
      maxDifference(dropped, dropout(attentionWeights(q!, k!, { lengths }), { rate: 0.5, random: random(2) })),
    ).toBe(0);
  });

  it.each([
    [{ lengths: [2, 3] }, RangeError, /attention: lengths add up to 5 tokens, but q \[1, 6, 2, 4\] has 6/],
    [{ lengths: [6, 0] }, RangeError, /lengths\[1\] must be a whole number of 1 or more/],
    [{ lengths: [1.5, 4.5] }, RangeError, /lengths\[0\] must be a whole number/],
    [{ lengths: "all" }, TypeError, /lengths must be an array of numbers of tokens/],
    [{ lengths, keys: 3 }, TypeError, /keys has no effect if lengths are given/],
    [{ lengths, mask: [[1, 1, 1, 1, 1, 1]] }, TypeError, /no padding/],
    [{ lengths, bias: tensor([[1, 2, 3]]) }, RangeError, /does not broadcast to .*\[2, 2, 4, 4\]/],
    [{ seqLens: [2, 4] }, TypeError, /did you mean "lengths"/],
  ] as const)("refuses %j", (options, Wrong, says) => {
    for (const f of [
      () => attention(q!, k!, v!, options as object),
      () => attentionWeights(q!, k!, options as object),
    ]) {
      expect(f).toThrow(Wrong);
      if (!String(says).includes("attention:")) expect(f).toThrow(says);
    }
    expect(() => attention(q!, k!, v!, options as object)).toThrow(says);
  });

  it("refuses more rows than one", () => {
    const two = tensor(random(1).normal(32), [2, 2, 2, 4]) as never;
    expect(() => attention(two, two, two, { lengths: [2, 2] })).toThrow(/q \[2, 2, 2, 4\] must have a batch of 1/);
  });
});

describe("models and pooling of texts end to end", () => {
  const config = { vocabSize: 20, contextLength: 6, dModel, heads: 2, layers: 2 };
  const encoder = bert({ ...config, head: { kind: "sequenceClass", labels: 3 } }, { seed: 1 });
  const texts = [[1, 2], [3, 4, 5, 6, 7], [8], [9, 10, 11]];
  const lengths = texts.map(({ length }) => length);

  it("give one vector or row of scores for each text, with its own types", () => {
    const types = texts.map((ids) => ids.map((id) => id % 2));
    const pass = { lengths, types: [types.flat()] };
    const alone = (f: (ids: number[][], pass: Pass) => Tensor) =>
      concatenate(
        texts.map((ids, i) => f([ids], { types: [types[i]!] })),
        { axis: 0 },
      );
    for (const f of [encoder.forward.bind(encoder), encoder.pooled.bind(encoder)])
      expect(maxDifference(f([texts.flat()], pass), alone(f))).toBeLessThanOrEqual(1e-6);
  });

  it.each([
    { kind: "first" },
    { kind: "last" },
    { kind: "mean" },
    { kind: "mean", skip: 2 },
    { kind: "last", skip: 7 },
    { kind: "first", skip: "masked" },
  ] as const)("pool each text by itself: %j", (kind) => {
    const pooling = new TokenPooling(kind);
    const hidden = normal(random(3), 1, total(lengths));
    const found = pooling.forward(hidden, { lengths }, [texts.flat()]);
    const alone = concatenate(
      texts.map((ids, text) => pooling.forward(textOf(hidden, lengths, text), {}, [ids])),
      { axis: 0 },
    );
    expect(maxDifference(found, alone)).toBeLessThanOrEqual(1e-6);
    const pooler = initialize(new Pooler({ dModel, pooling }), { seed: 1 });
    expect(pooler.forward(hidden, { lengths }, [texts.flat()]).shape).toEqual([4, dModel]);
  });

  it("name the text without the token that a pooling looks for", () => {
    const pooling = new TokenPooling({ kind: "last", only: 9 });
    expect(() => pooling.forward(normal(random(3), 1, 3), { lengths: [1, 2] }, [[9, 1, 2]])).toThrow(
      /row 1 of ids has no token 9/,
    );
  });

  it("may be longer together than the context, but not one of them", () => {
    expect(encoder.forward([texts.flat()], { lengths }).shape).toEqual([4, 3]);
    expect(() => encoder.forward([[1, 2, 3, 4, 5, 6, 7, 8]], { lengths: [1, 7] })).toThrow(
      /a text of 7 tokens is longer/,
    );
    expect(() => encoder.forward([texts.flat()], { lengths: [2, 5] })).toThrow(
      /EncoderModel: lengths add up to 7 tokens/,
    );
    expect(() => encoder.forward([[1], [2]], { lengths: [1, 1] })).toThrow(/must have a batch of 1/);
  });

  it("refuse padding, a cache and a memory", () => {
    expect(() => encoder.forward([[1, 2]], { lengths: [1, 1], mask: [[1, 1]] })).toThrow(/must not be padding/);
    const block = initialize(new DecoderBlock({ ...sizes, crossAttention: true }), { seed: 1 });
    const x = normal(random(1), 1, 2);
    expect(() => block.forward(x, { lengths: [1, 1], memory: x })).toThrow(
      /pass\.memory cannot be used with pass\.lengths/,
    );
  });

  it("are refused by a part that may mix them, which is named", () => {
    class Mixing extends EncoderBlock {
      override forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> {
        return super.forward(x, { ...pass, lengths: undefined });
      }
    }
    const blocks = [new EncoderBlock(sizes), new Mixing(sizes)];
    const model = initialize(
      new EncoderModel({
        vocabSize: 20,
        contextLength: 6,
        embedding: new Embedding({ vocabSize: 20, dModel }),
        blocks,
      }),
      { seed: 1 },
    );
    expect(() => model.forward([[1, 2]], { lengths: [1, 1] })).toThrow(/"blocks\.1", a Mixing.*keepsTextsApart/);
    expect(model.forward([[1, 2]]).shape).toEqual([1, 2, dModel]);
    const scaling = { kind: "dynamic", factor: 2, contextLength: 4 } as const;
    const position = new PositionalEncoding({ kind: "rotary", headDim: 4, scaling });
    const layer = initialize(new MultiHeadAttention({ ...sizes, position }), { seed: 1 });
    expect(() => layer.forward(normal(random(1), 1, 2), { lengths: [1, 1] })).toThrow(
      /"position", a PositionalEncoding/,
    );
  });

  it("work in a decoder, where no text sees another's tokens", () => {
    const model = gpt({ ...config, contextLength: 8 }, { seed: 2 });
    const together = model.forward([texts.flat()], { lengths });
    texts.forEach((ids, text) => {
      expect(maxDifference(textOf(together, lengths, text), model.forward([ids]))).toBeLessThanOrEqual(1e-6);
    });
  });
});
