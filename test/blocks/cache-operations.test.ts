import * as fc from "fast-check";
import {
  AlibiPositions,
  type Caching,
  ChunkedWindow,
  cumulativeSum,
  DecoderBlock,
  DecoderModel,
  Embedding,
  encoderDecoder,
  GatedDeltaNet,
  gpt,
  type Ids,
  indexSelect,
  initialize,
  KeyIndexer,
  KeyValueCache,
  LatentAttention,
  MultiHeadAttention,
  OutputHead,
  type Pass,
  PositionalEncoding,
  RelativePositions,
  type Sequence,
  type SequenceLayer,
  ShortConvolution,
  slice,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { normal } from "../kernels/compare";
import { RunningSum } from "./running-sum";

/** Appends under its own names, [batch, seq, dModel]; each position gets the sum of all so far. */
class AppendedSum extends RunningSum {
  override get caching(): Caching {
    return "keeps";
  }

  override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    if (!pass.cache) return cumulativeSum(x, { axis: 1 });
    const { inputs, keys } = pass.cache.append(this, { inputs: x });
    const all: Tensor = cumulativeSum(slice(inputs, { axis: 1, end: keys }), { axis: 1 });
    return slice(all, { axis: 1, start: -x.shape[1] }) as Tensor<Sequence>;
  }
}

const [vocabSize, contextLength, dModel] = [9, 160, 8];
const rotary = (headDim: number) => new PositionalEncoding({ kind: "rotary", headDim });
/** A model of two blocks with these layers in place of their attention. */
function modelOf(layer: (index: number) => SequenceLayer): DecoderModel {
  const embedding = new Embedding({ vocabSize, dModel });
  const blocks = [0, 1].map((index) => new DecoderBlock({ dModel, dFeedForward: 12, attention: layer(index) }));
  const head = new OutputHead({ kind: "languageModel", dModel, vocabSize, tied: embedding.weight });
  const model = initialize(new DecoderModel({ vocabSize, contextLength, embedding, blocks, head }), { seed: 1 });
  for (const [path, parameter] of model.parameters())
    parameter.assign(normal(2, path, parameter.size).map((x) => x / 2));
  return model;
}
const heads = { dModel, heads: 4, keyValueHeads: 2, headDim: 4 };
const latent = () => ({
  ...{ dModel, heads: 2, keyValueRank: 6, queryRank: 5, headDim: 4, rotaryDim: 2 },
  position: rotary(2),
});
const sharing = (window: number | undefined) => {
  const lender = new MultiHeadAttention({ ...heads, position: rotary(4), window: 3 });
  const borrower = { dModel, heads: 4, sharedKeys: lender, position: rotary(4), window };
  return (index: number) => (index === 0 ? lender : new MultiHeadAttention(borrower));
};

interface Subject {
  model: DecoderModel;
  /** Runs the decoder of an encoder-decoder. */
  decode?: (ids: Ids, memory: Tensor<Sequence>, pass: Pass) => Tensor;
  /** The largest difference of scores. */
  bound?: number;
  bits?: 8;
  /** Keeps a state of the whole text. */
  recurrent?: true;
}

const translator = encoderDecoder({ vocabSize, contextLength, dModel, heads: 2, layers: 2 }, { seed: 1 });
const alternating = (index: number) =>
  new MultiHeadAttention({ ...heads, position: rotary(4), window: index === 0 ? 5 : undefined });
const subjects: Record<string, () => Subject> = {
  "rotary positions": () => ({ model: modelOf(() => new MultiHeadAttention({ ...heads, position: rotary(4) })) }),
  "learned positions": () => ({ model: gpt({ vocabSize, contextLength, dModel, heads: 2, layers: 2 }, { seed: 1 }) }),
  "biases of distances": () => ({
    model: modelOf(
      (index) =>
        new MultiHeadAttention({
          ...heads,
          scoreBias:
            index === 0
              ? new AlibiPositions({ heads: 4 })
              : new RelativePositions({ heads: 4, causal: true, maxDistance: 9 }),
        }),
    ),
  }),
  "a window in every second layer": () => ({ model: modelOf(alternating) }),
  "a window, biases and sinks": () => ({
    model: modelOf(
      () =>
        new MultiHeadAttention({
          ...{ ...heads, window: 4, sinks: true, softcap: 5 },
          scoreBias: new RelativePositions({ heads: 4, causal: true, maxDistance: 9 }),
        }),
    ),
  }),
  chunks: () => ({
    model: modelOf(
      () => new MultiHeadAttention({ ...heads, position: rotary(4), scoreBias: new ChunkedWindow({ size: 7 }) }),
    ),
  }),
  "keys of another layer": () => ({ model: modelOf(sharing(undefined)) }),
  "keys of another layer, with a wider window": () => ({ model: modelOf(sharing(9)) }),
  "latent attention": () => ({ model: modelOf(() => new LatentAttention(latent())) }),
  "latent attention to chosen keys": () => ({
    model: modelOf(() => {
      // With many heads, hardly any scores are equal: which of equal ones are chosen depends on how many there are.
      const indexer = { dModel, queryRank: 5, heads: 16, headDim: 4, topK: 3, position: rotary(4) };
      return new LatentAttention({ ...latent(), selection: new KeyIndexer(indexer) });
    }),
  }),
  "tensors by name": () => ({ model: modelOf(() => new AppendedSum()) }),
  "a running sum": () => ({ model: modelOf(() => new RunningSum()), recurrent: true }),
  "a gated delta net": () => {
    const net = { dModel, keyHeads: 1, valueHeads: 2, keyDim: 4, valueDim: 4, kernelSize: 3 };
    const layer = (index: number) => (index === 0 ? new GatedDeltaNet(net) : alternating(0));
    return { model: modelOf(layer), recurrent: true };
  },
  "a short convolution": () => {
    const layer = (index: number) => (index === 0 ? new ShortConvolution({ dModel, kernelSize: 4 }) : alternating(1));
    return { model: modelOf(layer), recurrent: true };
  },
  "a memory": () => ({
    model: translator.decoder,
    decode: (ids, memory, pass) => translator.decode(ids, memory, pass),
  }),
  "8 bits": () => ({ model: modelOf(alternating), bits: 8, bound: 0.05 }),
  "8 bits of a latent": () => ({ model: modelOf(() => new LatentAttention(latent())), bits: 8, bound: 0.05 }),
};

const sources = tensor(normal(3, "memory", 3 * 2 * dModel), [3, 2, dModel]);
const memoryOf = (rows: readonly Row[]) =>
  indexSelect(
    sources,
    rows.map(({ source }) => source),
    { axis: 0 },
  ) as Tensor<Sequence>;

/** One text, and the memory that it looks at. */
interface Row {
  text: readonly number[];
  source: number;
}

/** Texts with a cache. Each step compares the new scores with those of each text alone, read from its start. */
class Texts {
  cache: KeyValueCache;
  rows: Row[] = [
    { text: [], source: 0 },
    { text: [], source: 1 },
  ];
  memory = memoryOf(this.rows);

  constructor(readonly subject: Subject) {
    this.cache = new KeyValueCache({ capacity: contextLength, bits: subject.bits });
  }

  run(ids: Ids, memory: Tensor<Sequence>, pass: Pass): Tensor {
    const { decode, model } = this.subject;
    return decode ? decode(ids, memory, pass) : model.forward(ids, pass);
  }

  append(next: readonly number[]): void {
    const given = this.rows.map((_, row) => next.map((id) => (id + row) % vocabSize));
    this.rows = this.rows.map(({ text, source }, row) => ({ text: [...text, ...given[row]!], source }));
    const length = this.cache.length + next.length;
    const mask = this.rows.map(({ text }) => Array.from({ length }, (_, i) => (i < length - text.length ? 0 : 1)));
    const positions = this.rows.map(({ text }) => given[0]!.map((_, i) => text.length - next.length + i));
    const isRagged = this.rows.some(({ text }) => text.length !== length);
    const found = this.run(given, this.memory, { cache: this.cache, ...(isRagged && { mask, positions }) });
    expect(this.cache.length).toBe(length);
    this.rows.forEach((row, r) => {
      const alone = this.run([row.text], memoryOf([row]), {});
      const wanted = slice(alone, { axis: 1, start: -next.length });
      expect(distance(slice(found, { axis: 0, start: r, end: r + 1 }), wanted)).toBeLessThan(
        this.subject.bound ?? 1e-5,
      );
    });
  }

  reorder(picks: readonly number[]): void {
    const rows = picks.map((pick) => pick % this.rows.length);
    this.rows = rows.map((row) => this.rows[row]!);
    this.memory = memoryOf(this.rows);
    this.cache.reorder(rows, this.subject.decode && this.memory);
  }

  truncate(keep: number): void {
    const least = this.cache.shortest;
    if (this.subject.recurrent) expect(least).toBe(this.cache.length);
    if (keep > 0 && keep < least) expect(() => this.cache.truncate(keep)).toThrow(/fork the cache before tokens/);
    else {
      const gone = this.cache.length - keep;
      // A text that began later may be gone as a whole.
      if (keep > 0 && this.rows.some(({ text }) => text.length <= gone)) return;
      this.cache.truncate(keep);
      this.rows = this.rows.map(({ text, source }) => ({
        text: keep === 0 ? [] : text.slice(0, -gone || undefined),
        source,
      }));
    }
  }

  fork(length?: number): Texts {
    const other = Object.assign(new Texts(this.subject), { ...this, cache: this.cache.fork(length) });
    if (length !== undefined) other.rows = this.rows.map((row) => ({ ...row, text: row.text.slice(0, length) }));
    return other;
  }

  /** Texts that began later, or earlier. */
  join(tokens: readonly number[]): void {
    const other = new Texts(this.subject);
    other.rows = [{ text: [], source: 2 }];
    other.memory = memoryOf(other.rows);
    other.append(tokens);
    const wanted = other.fork();
    this.cache.join(other.cache);
    this.rows = this.rows.every(({ text }) => text.length === 0) ? other.rows : [...this.rows, ...other.rows];
    this.memory = memoryOf(this.rows);
    // The other one is not changed.
    expect(other.cache.held).toEqual(wanted.cache.held);
    wanted.append([4]);
  }

  do({ kind, tokens, picks, keep }: Action): void {
    if (kind === "append" && this.cache.length + tokens.length < contextLength - 8) this.append(tokens);
    if (kind === "reorder") this.reorder(picks);
    if (kind === "truncate") this.truncate(keep % (this.cache.length + 1));
    if (kind === "fork") {
      const other = this.fork();
      other.append(tokens.slice(0, 4));
      other.reorder([0]);
    }
    if (kind === "join" && this.rows.length < 4) this.join(tokens);
  }
}

const distance = (a: Tensor, b: Tensor): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);

const kinds = ["append", "reorder", "truncate", "fork", "join"] as const;
const action = fc.record({
  kind: fc.constantFrom(...kinds, "append", "append"),
  tokens: fc.oneof(
    fc.array(fc.nat({ max: vocabSize - 1 }), { minLength: 1, maxLength: 3 }),
    fc.array(fc.nat({ max: vocabSize - 1 }), { minLength: 20, maxLength: 40 }),
  ),
  picks: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 3 }),
  keep: fc.nat({ max: 200 }),
});
type Action = typeof action extends fc.Arbitrary<infer Drawn> ? Drawn : never;

describe("rows that are forked, reordered, joined and truncated go on as if each text had been read alone from its start", () => {
  it.each(Object.entries(subjects))("with %s", (_, make) => {
    const subject = make();
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 8 }), (actions) => {
        const texts = new Texts(subject);
        texts.append([1, 2]);
        for (const one of actions) texts.do(one);
        texts.append([3]);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
});

describe("a window needs constant memory", () => {
  const windowed = modelOf((index) => new MultiHeadAttention({ ...heads, position: rotary(4), window: 4 + 4 * index }));
  const token = (cache: KeyValueCache, count = 1) =>
    windowed.forward([Array.from({ length: count }, (_, i) => i % vocabSize)], { cache });

  it("however long the text is, in single tokens or in pieces", () => {
    for (const piece of [1, 7]) {
      const cache = new KeyValueCache({ capacity: contextLength });
      const bytes: number[] = [];
      while (cache.length + piece <= contextLength) {
        token(cache, piece);
        bytes.push(cache.bytes);
      }
      // Two layers of keys and values, in float32, of a window and a margin.
      expect(Math.max(...bytes)).toBeLessThanOrEqual(2 * 2 * 2 * 4 * 4 * (8 + 128));
      expect(bytes.at(-1)).toBeLessThanOrEqual(Math.max(...bytes.slice(0, bytes.length >> 1)));
    }
  });

  it("and gives the room of a long prompt back", () => {
    const cache = new KeyValueCache({ capacity: contextLength });
    token(cache, 150);
    const { bytes } = cache;
    token(cache);
    expect(cache.bytes).toBeLessThan(bytes);
  });

  it("and the last 32 tokens can still be dropped again, but not what was needed before", () => {
    const cache = new KeyValueCache({ capacity: contextLength });
    while (cache.length < contextLength) token(cache);
    const copy = cache.fork();
    expect(cache.shortest).toBeGreaterThan(8);
    expect(cache.shortest).toBeLessThanOrEqual(contextLength - 32);
    expect(() => copy.truncate(8)).toThrow(/a MultiHeadAttention has dropped positions outside its window/);
    expect(() => copy.fork(8)).toThrow(/has dropped positions outside its window/);
    copy.truncate(cache.shortest);
    expect(copy.length).toBe(cache.shortest);
    // Nothing of the text remains, so that nothing is needed.
    copy.truncate(0);
    expect(copy.rows).toBe(0);
    expect(token(copy).toArray()).toEqual(token(new KeyValueCache({ capacity: 8 })).toArray());
  });

  it("a mask is for all keys, those that were dropped included", () => {
    const cache = new KeyValueCache({ capacity: contextLength });
    token(cache, 140);
    token(cache);
    expect(() => windowed.forward([[1]], { cache, mask: [Array.from({ length: 40 }, () => 1)] })).toThrow(
      /the mask is for 40 keys; there are 142, those in the cache included/,
    );
    const mask = [Array.from({ length: 142 }, () => 1)];
    const other = cache.fork();
    expect(windowed.forward([[1]], { cache, mask }).toArray()).toEqual(
      windowed.forward([[1]], { cache: other }).toArray(),
    );
  });
});

describe("a cache of 8 bits", () => {
  const attention = new MultiHeadAttention({ dModel: 4, heads: 2 });
  const given = (name: string, shape: number[]) =>
    tensor(
      normal(
        1,
        name,
        shape.reduce((a, b) => a * b),
      ),
      shape,
    );

  it("takes about a quarter of the memory", () => {
    const bytes = (bits?: 8) => {
      const cache = new KeyValueCache({ capacity: 64, bits });
      cache.append(attention, { k: given("k", [2, 64, 3, 32]) });
      cache.advance(64);
      return cache.bytes;
    };
    expect(bytes(8) / bytes()).toBeCloseTo((32 + 4) / (4 * 32), 10);
  });

  it("rounds each number to within 1/254 of the largest of its position and head", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 1e-30, max: 1e30, noNaN: true }),
        (seq, size, scale) => {
          const x = tensor(
            given(`${seq} ${size}`, [2, seq, 3, size]).data.map((value) => value * scale),
            [2, seq, 3, size],
          );
          const cache = new KeyValueCache({ capacity: 8, bits: 8 });
          const { v } = cache.append(
            attention,
            x as Tensor<[number, number, number, number]>,
            x as Tensor<[number, number, number, number]>,
          );
          const found = slice(v, { axis: 1, end: seq }).data;
          for (let start = 0; start < x.data.length; start += size) {
            const largest = Math.max(...x.data.subarray(start, start + size).map(Math.abs));
            for (let i = start; i < start + size; i++)
              expect(Math.abs(found[i]! - x.data[i]!)).toBeLessThanOrEqual((largest / 254) * (1 + 1e-5));
          }
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  it("keeps zeros, and does not hide NaN and Infinity", () => {
    const cache = new KeyValueCache({ capacity: 8, bits: 8 });
    const { x } = cache.append(attention, {
      x: tensor([
        [
          [0, 0],
          [Number.NaN, 1],
          [Number.POSITIVE_INFINITY, 1],
        ],
      ]),
    });
    expect([...x.data.subarray(0, 3)]).toEqual([0, 0, Number.NaN]);
    expect(Number.isFinite(x.data[4])).toBe(false);
  });
});

describe("what cannot be joined says so and changes nothing", () => {
  const model = modelOf(() => new MultiHeadAttention(heads));
  const other = modelOf(() => new MultiHeadAttention(heads));
  const filled = (of = model, options: { capacity?: number; bits?: 8; count?: number } = {}) => {
    const cache = new KeyValueCache({ capacity: options.capacity ?? 8, bits: options.bits });
    of.forward([[1, 2, 3].slice(0, options.count)], { cache });
    return cache;
  };
  it.each([
    ["a cache of another model", () => filled(other), Error, /holds values of another model/],
    [
      "a longer one",
      () => {
        const long = filled(model, { capacity: 9 });
        model.forward([[1, 2, 3, 4, 5, 6]], { cache: long });
        return long;
      },
      RangeError,
      /9 positions do not fit the capacity 8/,
    ],
    ["one of 8 bits", () => filled(model, { bits: 8 }), RangeError, /bits undefined and the other 8/],
    ["no cache", () => ({}) as KeyValueCache, TypeError, /other must be a KeyValueCache/],
  ])("%s", (_, make, kind, message) => {
    const cache = filled();
    const [wanted, more] = [cache.fork(), make()];
    expect(() => cache.join(more)).toThrow(kind);
    expect(() => cache.join(more)).toThrow(message);
    expect(cache.held).toEqual(wanted.held);
    expect(model.forward([[4]], { cache }).toArray()).toEqual(model.forward([[4]], { cache: wanted }).toArray());
  });

  it("an empty cache takes the rows of the other, and nothing is taken from an empty one", () => {
    const [cache, empty] = [filled(), new KeyValueCache({ capacity: 8 })];
    const { held } = cache;
    cache.join(new KeyValueCache({ capacity: 8 }));
    expect(cache.held).toEqual(held);
    empty.join(cache);
    expect([empty.rows, empty.length, empty.held]).toEqual([1, 3, held]);
  });
});
