import {
  bert,
  DecoderBlock,
  EncoderBlock,
  type EncoderHead,
  encoderDecoder,
  FeedForward,
  full,
  gpt,
  type Module,
  MultiHeadAttention,
  OutputHead,
  Module as OwnModule,
  ones,
  type Parameter,
  type Pass,
  random,
  type Sequence,
  type Tensor,
  zeros,
} from "transformer-blocks";
import { inspect } from "transformer-blocks/inspect";
import { describe, expect, it } from "vitest";

const RATE = 0.3;
const dModel = 8;
/** Enough numbers for the share of zeros to be within 0.05 of the rate: six standard deviations of 3,200 draws. */
const [batch, seq] = [40, 10];
const x = zeros([batch, seq, dModel]);
const ids = Array.from({ length: batch }, () => Array.from({ length: seq }, () => 0));
const sizes = { vocabSize: 3, contextLength: seq, dModel, heads: 2, layers: 1 };

/** A sublayer that says one number everywhere. */
class Constant extends OwnModule {
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }

  forward(hidden: Tensor<Sequence>): Tensor<Sequence> {
    return full(hidden.shape, this.value);
  }
}

/** Gives every parameter a value by the last of the patterns that its path ends with; zero unless one does. */
function set<M extends Module>(module: M, values: Record<string, number | "identity"> = {}): M {
  for (const [path, parameter] of module.parameters()) {
    const [, value = 0] = Object.entries(values).findLast(([end]) => path.endsWith(end)) ?? [];
    parameter.assign(value === "identity" ? identity(parameter) : new Float32Array(parameter.size).fill(value));
  }
  return module;
}

const identity = ({ shape: [rows = 0, columns = 0] }: Parameter): Float32Array =>
  new Float32Array(rows * columns).map((_, i) => (Math.floor(i / columns) === i % columns ? 1 : 0));

const norms = { "orm.weight": 1 };
const block = { dModel, norm: "pre", dropout: RATE } as const;
const embedded = (model: Module & { forward: (rows: number[][], pass: Pass) => unknown }) => (pass: Pass) =>
  inspect(model, (own) => model.forward(ids, { ...pass, ...own }), { sites: ["embedding"] }).record.get("embedding")!;

/** Each place of dropout alone, so built that what is dropped is 1 everywhere, and nothing else is added. */
const places: Record<string, (pass: Pass) => Tensor> = {
  "a decoder's embeddings": embedded(set(gpt({ ...sizes, dropout: RATE }), { "embedding.weight": 1 })),
  "an encoder's embeddings": embedded(set(bert({ ...sizes, dropout: RATE }), { "embeddingNorm.bias": 1 })),
  "attention's weights": (() => {
    // One key: its weight is 1, its value 1, so that the context is the weight that was kept.
    const attention = set(new MultiHeadAttention({ dModel, heads: dModel, dropout: RATE }), {
      "value.bias": 1,
      "output.weight": "identity",
    });
    return (pass) => attention.forward(zeros([batch * seq, 1, dModel]), pass);
  })(),
  "what attention adds in an encoder block": (pass) =>
    set(new EncoderBlock({ ...block, attention: new Constant(1), feedForward: new Constant(0) }), norms).forward(
      x,
      pass,
    ),
  "what attention adds in a decoder block": (pass) =>
    set(new DecoderBlock({ ...block, attention: new Constant(1), feedForward: new Constant(0) }), norms).forward(
      x,
      pass,
    ),
  "what cross attention adds": (pass) => {
    const parts = { attention: new Constant(0), feedForward: new Constant(0), heads: 2, crossAttention: true };
    const cross = set(new DecoderBlock({ ...block, ...parts }), { "crossAttention.output.bias": 1 });
    return cross.forward(x, { ...pass, memory: ones([batch, 1, dModel]) });
  },
  "what the feed-forward layer adds in an encoder block": (pass) =>
    set(new EncoderBlock({ ...block, attention: new Constant(0), feedForward: new Constant(1) }), norms).forward(
      x,
      pass,
    ),
  "what the feed-forward layer adds in a decoder block": (pass) =>
    set(new DecoderBlock({ ...block, attention: new Constant(0), feedForward: new Constant(1) }), norms).forward(
      x,
      pass,
    ),
  "the inner numbers of a feed-forward layer": (() => {
    const layer = set(new FeedForward({ dModel, dFeedForward: dModel, dropout: RATE }), {
      "up.bias": 1,
      "down.weight": "identity",
    });
    return (pass) => layer.forward(x, pass);
  })(),
  "what a head reads": (() => {
    const head = set(new OutputHead({ kind: "tokenClass", dModel, labels: dModel, dropout: RATE }), {
      "projection.weight": "identity",
    });
    return (pass) => head.forward(ones([batch, seq, dModel]), pass);
  })(),
};

describe("dropout zeroes its share and scales the rest by 1 / (1 − rate), and only with a source of randomness, of", () => {
  it.each(Object.entries(places))("%s", (_, run) => {
    expect(new Set(run({}).data)).toEqual(new Set([1]));
    const dropped = run({ rng: random(1) }).data;
    expect([...new Set(dropped)].sort()).toEqual([0, Math.fround(1 / (1 - RATE))]);
    expect(dropped.length).toBe(batch * seq * dModel);
    const zeroed = dropped.filter((value) => value === 0).length / dropped.length;
    expect(Math.abs(zeroed - RATE)).toBeLessThan(0.05);
  });
});

describe("a model's dropout is that of every place, but for what is set for one place", () => {
  const of = { embeddingDropout: 0.1, attentionDropout: 0.2, feedForwardDropout: 0.3 };
  const settings = [{}, of, ...Object.entries(of).map(([name, value]) => ({ [name]: value }))];
  const drawn = settings.flatMap((own) => [own, Object.fromEntries(Object.keys(own).map((name) => [name, 0]))]);
  const factories = { gpt, bert, encoderDecoder };

  it.each(Object.entries(factories))("%s", (_, make) => {
    for (const own of drawn as Partial<typeof of>[]) {
      const model = make({ ...sizes, dropout: 0.4, ...own });
      const modules = [...model.modules().values()];
      const attention = modules.flatMap((part) => (part instanceof MultiHeadAttention ? [part.dropout] : []));
      const feedForward = modules.flatMap((part) => (part instanceof FeedForward ? [part.dropout] : []));
      expect(new Set(attention)).toEqual(new Set([own.attentionDropout ?? 0.4]));
      expect(new Set(feedForward)).toEqual(new Set([own.feedForwardDropout ?? 0]));
    }
  });
});

describe("the factories put dropout", () => {
  /** The share of sums that differ from those without dropout, when all but one kind of parameter is zero. */
  const differs = (model: Module & { forward: (...given: never[]) => Tensor }, ...given: unknown[]) => {
    const pass = given.pop() as Pass;
    const run = (own: Pass) => Reflect.apply(model.forward, model, [...given, own]).data as Float32Array;
    const [plain, dropped] = [run({}), run(pass)];
    return plain.some((value, i) => value !== dropped[i]);
  };

  it("on both sides of an encoder-decoder, and nowhere at rate 0", () => {
    const source = [[0, 1, 2]];
    const rng = () => ({ rng: random(3) });
    expect(differs(encoderDecoder({ ...sizes, dropout: RATE }, { seed: 1 }), source, [[1, 2]], rng())).toBe(true);
    expect(differs(encoderDecoder(sizes, { seed: 1 }), source, [[1, 2]], rng())).toBe(false);
    const encoder = encoderDecoder({ ...sizes, dropout: RATE }, { seed: 1 });
    expect(encoder.encode(source, rng()).data).not.toEqual(encoder.encode(source).data);
  });

  // As in transformers: BertForMaskedLM and BertForQuestionAnswering have no dropout of their own.
  it.each([
    ["sequenceClass", true],
    ["tokenClass", true],
    ["maskedLanguageModel", false],
    ["questionAnswering", false],
  ] as const)("before the head of an encoder for %s: %s", (kind, drops) => {
    const head = drops ? { kind, labels: 2 } : { kind };
    const run = (more: object) => {
      const model = bert({ ...sizes, dropout: RATE, head: { ...head, ...more } as EncoderHead }, { seed: 1 });
      const hidden = ones([batch, seq, dModel]);
      const [plain, dropped] = [model.head!.forward(hidden), model.head!.forward(hidden, { rng: random(1) })];
      return plain.data.some((value, i) => value !== dropped.data[i]);
    };
    expect(run({})).toBe(drops);
    if (drops) expect(run({ dropout: 0 })).toBe(false);
  });
});
