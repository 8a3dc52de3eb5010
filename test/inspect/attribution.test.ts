import { describe, expect, it } from "vitest";
import { DecoderBlock, Embedding, initialize, Module, OutputHead, type Pass, type Sequence } from "../../src/blocks";
import { ShapeError } from "../../src/errors";
import { fromPretrained } from "../../src/families";
import {
  attentionRollout,
  type IntegratedGradients,
  inductionScores,
  inspect,
  integratedGradients,
  onlyAt,
  patch,
  previousTokenScores,
  type ScoredModel,
  type Spots,
} from "../../src/inspect";
import { gaussLegendre } from "../../src/inspect/quadrature";
import { bert, DecoderModel, EncoderDecoderModel, EncoderModel, encoderDecoder, gpt } from "../../src/models";
import {
  add,
  embedding,
  full,
  type Ids,
  initials,
  multiply,
  Parameter,
  slice,
  sum,
  type Tensor,
  tensor,
} from "../../src/tensor";
import { difference } from "../families/fixture";

const config = { vocabSize: 13, contextLength: 8, dModel: 8, heads: 2, layers: 3, initialDeviation: 0.5 };
const ids = [
  [5, 9, 2, 7],
  [1, 1, 4, 12],
];

/** A token layer of the caller's own. */
class OwnEmbedding extends Module {
  constructor(
    readonly table: Parameter,
    readonly types?: Embedding,
    readonly longest = Infinity,
    readonly wraps = false,
  ) {
    super();
  }

  forward(tokens: Ids, _pass: Pass): Tensor<Sequence> {
    if (tokens.some(({ length }) => length > this.longest)) throw new RangeError("the text is too long");
    const rows = this.table.shape[0]!;
    return embedding(this.wraps ? tokens.map((text) => text.map((id) => id % rows)) : tokens, this.table);
  }
}

describe("attention rollout", () => {
  const model = bert({ ...config }, { seed: 1 });
  const run = (pass: object) => model.forward(ids, pass);

  /** The definition, in float64. */
  function reference(fuse: (weights: number[]) => number, residual: number): number[][][] {
    const { record } = inspect(model, run, { sites: ["blocks.*.attention.weights"] });
    return ids.map((_, text) => {
      let product = [0, 1, 2, 3].map((i): number[] => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0)));
      for (const weights of record.values()) {
        const own = (weights.toArray() as number[][][][])[text]!;
        const mixed = product.map((_, i) => {
          const row = product.map(
            (_, j) => (1 - residual) * fuse(own.map((head) => head[i]![j]!)) + (i === j ? residual : 0),
          );
          const total = row.reduce((a, b) => a + b, 0);
          return row.map((x) => x / total);
        });
        product = mixed.map((row) => [0, 1, 2, 3].map((j) => row.reduce((a, x, k) => a + x * product[k]![j]!, 0)));
      }
      return product;
    });
  }

  const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;
  it.each([
    { options: {}, fuse: mean, residual: 0.5 },
    { options: { heads: "max" as const }, fuse: (x: number[]) => Math.max(...x), residual: 0.5 },
    { options: { heads: "min" as const, residual: 0.2 }, fuse: (x: number[]) => Math.min(...x), residual: 0.2 },
    { options: { residual: 0 }, fuse: mean, residual: 0 },
  ])("is the product of the paper, $options", ({ options, fuse, residual }) => {
    const wanted = tensor(reference(fuse, residual)) as Tensor;
    expect(difference(attentionRollout(model, run, options), wanted)).toBeLessThan(1e-6);
  });

  it("is the identity if only the residual stream counts", () => {
    const rollout = attentionRollout(model, run, { residual: 1 });
    expect([...rollout.data.slice(0, 6)]).toEqual([1, 0, 0, 0, 0, 1]);
  });

  it("draws on no later token in a decoder, and on one side of a translator", () => {
    const decoder = gpt(config, { seed: 1 });
    const causal = attentionRollout(decoder, (pass) => decoder.forward(ids, pass)).toArray() as number[][][];
    expect(causal[1]!.flatMap((row, i) => row.slice(i + 1)).every((x) => x === 0)).toBe(true);
    const translator = encoderDecoder({ ...config, layers: 1 }, { seed: 1 });
    const translate = (pass: object) => translator.forward(ids, [[1], [2]], pass);
    const sites = ["encoder.blocks.*.attention.weights"];
    expect(attentionRollout(translator, translate, { sites }).shape).toEqual([2, 4, 4]);
    const cross = ["decoder.blocks.*.crossAttention.weights"];
    expect(() => attentionRollout(translator, translate, { sites: cross })).toThrow(ShapeError);
    expect(() => attentionRollout(translator, translate)).toThrow(/there is no module at "blocks\.\*\*\.attention"/);
  });
});

describe("Gauss and Legendre's rule", () => {
  it.each([1, 2, 5, 32])("with %i places integrates polynomials exactly", (n) => {
    for (let degree = 0; degree < 2 * n; degree++) {
      const found = gaussLegendre(n).reduce((total, { place, weight }) => total + weight * place ** degree, 0);
      expect(found).toBeCloseTo(1 / (degree + 1), 12);
    }
  });
});

describe("integrated gradients", () => {
  const model = gpt(config, { seed: 2 });
  const run = (pass: object) => model.forward(ids, pass);
  const logit = (logits: Tensor) =>
    sum(slice(slice(logits, { axis: 1, start: 3 }), { axis: 2, start: 11, end: 12 })) as Tensor;

  /** Complete, but for the error that is told. */
  const isComplete = ({ attributions, value, baselineValue, error }: IntegratedGradients) => {
    const change = value - baselineValue;
    expect(Math.abs(change)).toBeGreaterThan(0.01);
    const gap = Math.abs(sum(attributions).item() - change) / Math.abs(change);
    expect(gap).toBeLessThan(0.01);
    expect(Math.abs(gap - error)).toBeLessThan(1e-3);
  };

  it("are complete over token vectors, from the mean of all", () => {
    const found = integratedGradients(model, run, { of: logit });
    isComplete(found);
    expect(found.value).toBeCloseTo(logit(run({})).item(), 6);
    const rows = model.embedding.weight.toArray() as number[][];
    const means = rows[0]!.map((_, i) => rows.reduce((total, row) => total + row[i]!, 0) / rows.length);
    const none = patch(model, run, { tokens: (x) => add(full(x.shape, 0), tensor(means)) as Tensor });
    expect(found.baselineValue).toBeCloseTo(logit(none).item(), 5);
  });

  it.each<[string, (table: Parameter) => OwnEmbedding]>([
    ["reads its own parameter", (table) => new OwnEmbedding(table)],
    ["has a table of types beside", (table) => new OwnEmbedding(table, new Embedding({ vocabSize: 2, dModel: 8 }))],
    ["takes short texts only", (table) => new OwnEmbedding(table, undefined, 8)],
    ["has an answer for any number", (table) => new OwnEmbedding(table, undefined, 8, true)],
  ])("start from the mean of all tokens if the embedding is of the caller's own class, which %s", (_, make) => {
    const { vocabSize, contextLength } = config;
    const table = new Parameter([vocabSize, 8], initials.normal(0.5));
    const head = new OutputHead({ kind: "languageModel", dModel: 8, vocabSize });
    const parts = {
      vocabSize,
      contextLength,
      embedding: make(table),
      blocks: [new DecoderBlock({ dModel: 8, heads: 2 })],
      head,
    };
    const own = initialize(new DecoderModel(parts), { seed: 3 });
    const reads = (pass: object) => own.forward(ids, pass);
    const found = integratedGradients(own, reads, { of: logit });
    isComplete(found);
    const mean = multiply(sum(table, { axis: 0 }), 1 / vocabSize) as Tensor;
    const none = patch(own, reads, { tokens: (x) => add(full(x.shape, 0), mean) as Tensor });
    expect(found.baselineValue).toBeCloseTo(logit(none).item(), 5);
  });

  it("are complete from zeros, which need more steps", () => {
    const found = integratedGradients(model, run, { of: logit, baseline: 0, steps: 2000 });
    isComplete(found);
    const none = patch(model, run, { tokens: (x) => full(x.shape, 0) });
    expect(found.baselineValue).toBeCloseTo(logit(none).item(), 6);
  });

  it("tell how incomplete they are if steps do not suffice", async () => {
    const directory = new URL("../fixtures/families/decoder/llama/", import.meta.url);
    const { model: llama } = await fromPretrained(directory, { model: DecoderModel });
    const options = { of: logit, baseline: 0, steps: 8 };
    const found = integratedGradients(llama, (pass) => llama.forward(ids, pass), options);
    expect(found.error).toBeGreaterThan(0.01);
    expect(found.error).toBeCloseTo(
      Math.abs(sum(found.attributions).item() / (found.value - found.baselineValue) - 1),
      3,
    );
    const nothing = integratedGradients(model, run, { of: (logits) => multiply(logit(logits), 0) as Tensor });
    expect(nothing.error).toBe(0);
  });

  it("are complete in a few runs of the models that ship, in each of which a norm comes first", async () => {
    for (const name of ["story", "fill", "translate"]) {
      const { model: shipped, tokenizer } = await fromPretrained(
        new URL(`../../examples/models/${name}/`, import.meta.url),
      );
      const { ids: text } = tokenizer.encode("The boat sailed on the sea.");
      let runs = 0;
      const reads = (pass: object): Tensor => {
        runs++;
        if (shipped instanceof DecoderModel || shipped instanceof EncoderModel) return shipped.forward([text], pass);
        if (shipped instanceof EncoderDecoderModel) return shipped.forward([text], [[1, 2]], pass);
        throw new Error(`${name} reads no text`);
      };
      const site = name === "translate" ? "encoder.tokens" : "tokens";
      const last = (logits: Tensor) => slice(slice(logits, { axis: 1, start: -1 }), { axis: 2, start: 9, end: 10 });
      isComplete(integratedGradients(shipped, reads, { site, of: (logits) => sum(last(logits)) as Tensor }));
      expect(runs, name).toBeLessThan(400);
    }
  });

  it.each(["mixtral", "deepseek_v32"])(
    "are complete where %s chooses: choices stay those of the text",
    async (name) => {
      const directory = new URL(`../fixtures/families/decoder/${name}/`, import.meta.url);
      const { model: chooser } = await fromPretrained(directory, { model: DecoderModel });
      const reads = (pass: object) => chooser.forward([[5, 9, 2, 7]], pass);
      const vectors = inspect(chooser, reads, { sites: ["tokens"] }).record.get("tokens")!;
      const baseline = tensor(
        vectors.data.map((value, i) => value / 2 + Math.sin(i)),
        vectors.shape,
      );
      const found = integratedGradients(chooser, reads, { of: logit, baseline });
      isComplete(found);
      const { record } = inspect(chooser, reads, { sites: ["blocks.**"] });
      const choices = [...record].filter(([place]) => /\.(chosen|selected)$/.test(place));
      expect(choices.length).toBeGreaterThan(0);
      const held = Object.fromEntries(choices.map(([place, choice]) => [place, () => choice]));
      const start = { tokens: () => baseline };
      expect(found.baselineValue).toBeCloseTo(logit(patch(chooser, reads, { ...held, ...start })).item(), 5);
      expect(found.baselineValue).not.toBeCloseTo(logit(patch(chooser, reads, start)).item(), 3);
    },
  );

  it.each(["embedding", "blocks.1.output", "blocks.0.attention.heads"])("are complete over %s", (site) => {
    const others = [
      [3, 3, 3, 3],
      [6, 2, 8, 0],
    ];
    const { record } = inspect(model, (pass) => model.forward(others, pass), { sites: [site] });
    isComplete(integratedGradients(model, run, { of: logit, site, baseline: record.get(site)! }));
  });

  it("are complete in an encoder and in another family, from any baseline", async () => {
    const encoder = bert(config, { seed: 3 });
    const encode = (pass: object) => encoder.hidden(ids, pass);
    const of = (hidden: Tensor) => sum(slice(hidden, { axis: 2, end: 2 })) as Tensor;
    const baseline = tensor(
      Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)),
      [2, 4, 8],
    );
    isComplete(integratedGradients(encoder, encode, { of, baseline }));
    const directory = new URL("../fixtures/families/decoder/llama/", import.meta.url);
    const { model: llama } = await fromPretrained(directory, { model: DecoderModel });
    isComplete(integratedGradients(llama, (pass) => llama.forward(ids, pass), { of: logit }));
  });

  it("give a token that nothing reads nothing", () => {
    const first = (logits: Tensor) => sum(slice(slice(logits, { axis: 0, end: 1 }), { axis: 1, end: 2 })) as Tensor;
    const { attributions } = integratedGradients(model, run, { of: first });
    const perToken = sum(attributions, { axis: 2 }).toArray() as number[][];
    expect(perToken[0]!.slice(2)).toEqual([0, 0]);
    expect(perToken[1]).toEqual([0, 0, 0, 0]);
    expect(perToken[0]![0]).not.toBe(0);
  });

  it.each([
    [undefined, /options must be an object, \{ of, site/],
    [{}, /of must be a function from what run returned to the Tensor/],
    [{ of: logit, site: "blocks.*.output" }, /name one place, without \*/],
    [{ of: logit, baseline: tensor([1]) }, /the baseline \[1\] is not like "tokens"/],
    [{ of: logit, baseline: "zero" }, /baseline must be a number or a Tensor/],
    [{ of: logit, nSteps: 3 }, /did you mean "steps"\?/],
    [{ of: logit, steps: 4 }, /steps must be a whole number of 8 or more/],
    [{ of: (x: Tensor) => x }, /gradients must return a single number/],
    [{ of: logit, site: "blocks.0.middel" }, /the closest are .*blocks\.0\.middle/],
  ])("refuse what is wrong, case %#", (options, message) => {
    expect(() => Reflect.apply(integratedGradients, undefined, [model, run, options])).toThrow(message);
  });

  it("refuse a baseline that is not finite", () => {
    const tokens = inspect(model, run, { sites: ["tokens"] }).record.get("tokens")!;
    const baseline = multiply(tokens, Number.POSITIVE_INFINITY) as Tensor;
    expect(() => integratedGradients(model, run, { of: logit, baseline })).toThrow(/the baseline holds -?Infinity/);
  });
});

describe("a patch of some heads, positions or texts", () => {
  const model = gpt(config, { seed: 4 });
  const run = (pass: object) => model.forward(ids, pass);
  const valueAt = <Nested>(site: string, change: Parameters<typeof onlyAt>[1], spots: Spots) => {
    const plain = inspect(model, run, { sites: [site] }).record.get(site)!;
    const { record } = inspect(model, run, { sites: [site], patches: { [site]: onlyAt(spots, change) } });
    return { plain: plain.toArray() as Nested, changed: record.get(site)!.toArray() as Nested };
  };

  it("changes these and no others: the head of a context", () => {
    const { plain, changed } = valueAt<number[][][][]>("blocks.1.attention.heads", 0, { heads: [1] });
    expect(changed.flat(1).every(([, second]) => second!.every((x) => x === 0))).toBe(true);
    expect(changed.flat(1).map(([first]) => first)).toEqual(plain.flat(1).map(([first]) => first));
  });

  it("changes these and no others: queries of weights, from the end", () => {
    const spots = { heads: [0], positions: [-1], rows: [1] };
    const { plain, changed } = valueAt<number[][][][]>("blocks.0.attention.weights", 0.25, spots);
    expect(changed[1]![0]![3]).toEqual([0.25, 0.25, 0.25, 0.25]);
    plain[1]![0]![3] = changed[1]![0]![3]!;
    expect(changed).toEqual(plain);
  });

  it("takes another run's record there, or what a function or a tensor gives", () => {
    const others = [ids[1]!, ids[0]!];
    const site = "blocks.0.output";
    const { record } = inspect(model, (pass) => model.forward(others, pass), { sites: [site] });
    const taken = valueAt<number[][][]>(site, record, { positions: [1, 2] });
    const other = record.get(site)!.toArray() as number[][][];
    expect(taken.changed[0]).toEqual([taken.plain[0]![0], other[0]![1], other[0]![2], taken.plain[0]![3]]);
    const steered = valueAt<number[][][]>(site, (x) => add(x, 1) as Tensor, { positions: [0] });
    expect(steered.changed[0]![0]![0]).toBeCloseTo(steered.plain[0]![0]![0]! + 1, 5);
    expect(steered.changed[0]![1]).toEqual(steered.plain[0]![1]);
    const put = valueAt<number[][][]>(site, tensor([1, 2, 3, 4, 5, 6, 7, 8]), { rows: [0], positions: [3] });
    expect(put.changed[0]![3]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(put.changed[1]).toEqual(put.plain[1]);
  });

  it("lets gradients through where it changes nothing", () => {
    const patches = { "blocks.0.output": onlyAt({ positions: [0, 1] }, 0) };
    const { gradients } = inspect(model, run, {
      sites: ["embedding"],
      patches,
      gradients: (x) => sum(slice(x, { axis: 1, end: 1 })) as Tensor,
    });
    expect(gradients.get("embedding")!.data.every((x) => x === 0)).toBe(true);
  });

  it.each([
    ["blocks.0.output", { heads: [0] }, 0, /"blocks\.0\.output" \[2, 4, 8\] has no heads/],
    ["blocks.0.output", { positions: [4] }, 0, /there is no 4 in positions: "blocks\.0\.output" has 4/],
    ["blocks.0.attention.heads", { heads: [-3] }, 0, /there is no -3 in heads/],
    ["blocks.0.output", { positions: [0] }, tensor([1, 2]), /\[2\] does not fit "blocks\.0\.output"/],
    ["blocks.0.output", { positions: [0] }, new Map(), /the record has nothing at "blocks\.0\.output"/],
    ["blocks.0.output", { positions: [0] }, () => 3, /what change returns for "blocks\.0\.output" must be a Tensor/],
    [
      "blocks.0.output",
      { positions: [0] },
      async () => 3,
      /must be a Tensor, not a Promise; the function must not be async/,
    ],
  ])("refuses %s %j", (site, spots, change, message) => {
    expect(() => patch(model, run, { [site]: Reflect.apply(onlyAt, undefined, [spots, change]) })).toThrow(message);
  });

  it.each([
    [{}, 0, /give rows, positions or heads/],
    [{ head: [1] }, 0, /did you mean "heads"\?/],
    [{ heads: 1 }, 0, /heads must be an array of whole numbers/],
    [{ heads: [1] }, "zero", /change must be a number, a Tensor, a record/],
  ])("refuses %j at once", (spots, change, message) => {
    expect(() => Reflect.apply(onlyAt, undefined, [spots, change])).toThrow(message);
  });
});

it("functions that look inside are named in their errors, for a model of two texts as well", () => {
  const model = encoderDecoder({ ...config, layers: 1 }, { seed: 1 });
  const run = (pass: object) => model.forward(ids, ids, pass);
  expect(() => attentionRollout(model, run)).toThrow(/^attentionRollout: there is no module at "blocks/);
  for (const scores of [inductionScores, previousTokenScores])
    expect(() => scores(model as Module as ScoredModel)).toThrow(
      `${scores.name}: the model needs forward(ids, pass), config.vocabSize`,
    );
});

it("attention rollout refuses square values that are no weights", () => {
  const model = gpt(config, { seed: 1 });
  expect(() =>
    attentionRollout(model, (pass) => model.forward(ids, pass), { sites: ["blocks.*.attention.scores"] }),
  ).toThrow(/^attentionRollout: "blocks\.0\.attention\.scores" has numbers below zero/);
});
