import { expect, it, describe as suite } from "vitest";
import { DecoderBlock, FeedForward, initialize, MixtureOfExperts, quantize, TopKRouter } from "../../src/blocks";
import { fromPretrained } from "../../src/families";
import { describe, diff } from "../../src/inspect";
import { bert, type DecoderConfig, encoderDecoder, gpt, presets } from "../../src/models";
import { Parameter } from "../../src/tensor";

const config = { vocabSize: 64, contextLength: 8, dModel: 32, heads: 2, layers: 3 };

suite("a description of published models", () => {
  it.each([
    ["gpt2", 124_439_808, 1024 * 768],
    ["gpt2-xl", 1_557_611_200, 1024 * 1600],
    ["gpt3-175b", 174_604_259_328, 2048 * 12_288],
  ] as const)(
    "%s has its count, and two operations for each weight but the positions",
    (name, parameters, positions) => {
      const found = describe(gpt(presets[name] as DecoderConfig));
      expect([found.parameters, found.bytes]).toEqual([parameters, 4 * parameters]);
      expect(found.operations).toBe(2 * (parameters - positions));
    },
  );

  it("GPT-3's training takes the operations of its paper", () => {
    // Brown et al. 2020, table D.1: 3.14e23 for 300 billion tokens, three passes each: 3.5e11 a token, of 174.6e9.
    const { operations } = describe(gpt(presets["gpt3-175b"] as DecoderConfig));
    expect(Math.abs((3 * operations * 300e9) / 3.14e23 - 1)).toBeLessThan(0.005);
  });

  it("BERT's tables and pooler are not met by a token", () => {
    const { parameters, operations } = describe(bert(presets["bert-base"]));
    expect(parameters).toBe(109_482_240);
    const tables = (30_522 + 512 + 2) * 768;
    const pooler = 768 * 768 + 768;
    expect(operations).toBe(2 * (parameters - tables - pooler));
  });

  it("attention adds its share of the context, as in table 1 of Kaplan et al. 2020", () => {
    const model = gpt(presets.gpt2);
    const [none, some] = [describe(model), describe(model, { context: 1024 })];
    expect(some.operations - none.operations).toBe(2 * 12 * 2 * 1024 * 768);
    const near = new DecoderBlock({ dModel: 32, heads: 2, window: 4 });
    expect(describe(near, { context: 8 }).operations - describe(near).operations).toBe(2 * 2 * 4 * 32);
  });
});

suite("a description", () => {
  it("is a tree whose numbers are those of its parts, each shared one once", () => {
    const model = gpt(config);
    const { kind, parts, parameters } = describe(model);
    expect(kind).toBe("DecoderModel");
    expect(parts.map(({ name }) => name)).toEqual([
      ...["embedding", "position", "blocks.0", "blocks.1", "blocks.2", "norm", "head"],
    ]);
    const [embedding, ...others] = parts;
    // The head has the table of the embedding.
    expect(others.reduce((sum, part) => sum + part.parameters, 0)).toBe(parameters);
    expect(others.at(-1)!.parameters).toBe(embedding!.parameters);
    expect(embedding!.parts).toEqual([expect.objectContaining({ name: "weight", kind: "Parameter", shape: [64, 32] })]);
  });

  it("prints a line for parts that are alike", () => {
    const text = String(describe(gpt(config)));
    expect(text.split("\n")[0]).toBe("DecoderModel, 40,480 parameters, 162 KB, 80.4 kFLOPs a token");
    expect(text).toContain("\n  blocks.0 … 2: 3 × DecoderBlock, 12,704 parameters, 50.8 KB, 25.4 kFLOPs a token\n");
    expect(text).toContain(
      "\n      query: Linear, 1,056 parameters, 4.22 KB, 2.11 kFLOPs a token\n        weight [32, 32]\n",
    );
    expect(text.match(/DecoderBlock/g)).toHaveLength(1);
  });

  it("counts the experts that a token meets", () => {
    const expert = () => new FeedForward({ dModel: 4, dFeedForward: 8, bias: false });
    const mixture = new MixtureOfExperts({
      experts: Array.from({ length: 8 }, expert),
      router: new TopKRouter({ dModel: 4, experts: 8, topK: 2 }),
      shared: expert(),
    });
    const { parameters, operations } = describe(mixture);
    expect(parameters).toBe(9 * 64 + 32);
    expect(operations).toBe(2 * (3 * 64 + 32));
  });

  it("counts layers that share their weights once in memory, and each time at work", async () => {
    const { model } = await fromPretrained(new URL("../fixtures/families/encoder/albert/", import.meta.url));
    const { parts, parameters } = describe(model);
    const blocks = parts.filter(({ name }) => name.startsWith("blocks."));
    expect(blocks.length).toBeGreaterThan(1);
    expect(parts.reduce((sum, part) => sum + part.parameters, 0)).toBeGreaterThan(parameters);
    expect(describe(model).operations).toBeGreaterThan(blocks.reduce((sum, part) => sum + part.operations, 0) - 1);
  });

  it("has the memory of quantized weights", () => {
    const model = initialize(gpt(config), { seed: 1 });
    const before = describe(model);
    quantize(model, { weights: "q8" });
    const after = describe(model);
    const saved = [...model.parameters().values()]
      .filter(({ quantized }) => quantized)
      .reduce((sum, { size }) => sum + size, 0);
    expect(saved).toBeGreaterThan(0);
    expect(before.bytes - after.bytes).toBe(4 * saved - (saved / 32) * 36);
    expect(after.parameters).toBe(before.parameters);
  });

  it.each([
    [{}, /describe: model must be a Module/],
    [gpt(config), /there is no option "seqLen"; did you mean "context"\?/, { seqLen: 3 }],
    [gpt(config), /context must be a whole number of 0 or more/, { context: -1 }],
  ])("refuses what is wrong, case %#", (model, message, options: object = {}) => {
    expect(() => Reflect.apply(describe, undefined, [model, options])).toThrow(message);
  });
});

suite("the difference of two models", () => {
  const make = (change: object = {}) => gpt({ ...config, ...change }, { seed: 1 });

  it("is none between equal ones", () => {
    const found = diff(make(), make());
    expect(found).toEqual({ same: true, onlyFirst: [], onlySecond: [], changed: [], values: [] });
    expect(String(found)).toBe("the same modules, settings and values");
  });

  it("is how far values are apart, the farthest first", () => {
    const other = make();
    other.find("norm.weight", Parameter).assign(new Float32Array(32).fill(1.5));
    const up = other.find("blocks.1.feedForward.up.weight", Parameter);
    const moved = up.data.slice();
    moved[3] = moved[3]! + 0.25;
    up.assign(moved);
    const { same, values } = diff(make(), other);
    expect(same).toBe(false);
    expect(values.map(({ path }) => path)).toEqual(["norm.weight", "blocks.1.feedForward.up.weight"]);
    expect(values[0]).toEqual({ path: "norm.weight", greatest: 0.5, relative: 0.5 });
    const norm = Math.sqrt(
      make()
        .find("blocks.1.feedForward.up.weight", Parameter)
        .data.reduce((a, x) => a + x * x, 0),
    );
    expect(values[1]!.greatest).toBeCloseTo(0.25, 6);
    expect(values[1]!.relative).toBeCloseTo(0.25 / norm, 5);
  });

  it("is in modules, settings and shapes, each by its path", () => {
    expect(diff(make(), make({ layers: 4 })).onlySecond).toEqual(["blocks.3"]);
    expect(diff(make({ layers: 4 }), make()).onlyFirst).toEqual(["blocks.3"]);
    const { changed } = diff(make(), make({ vocabSize: 65 }));
    expect(changed).toContainEqual({ path: "embedding.weight", first: "[64, 32]", second: "[65, 32]" });
    expect(changed).toContainEqual({ path: "config.vocabSize", first: "64", second: "65" });
    const heads = diff(make(), make({ heads: 4 })).changed.map(({ path }) => path);
    expect(heads).toContain("blocks.0.attention.heads");
    expect(diff(make(), bert(config)).changed).toContainEqual({
      path: "",
      first: "DecoderModel",
      second: expect.any(String),
    });
    expect(diff(make(), make({ bias: false })).onlyFirst).toContain("blocks.0.attention.query.bias");
  });

  it("prints a line for each, and not more than twenty parameters", () => {
    const text = String(diff(make(), gpt(config, { seed: 2 })));
    expect(text).toMatch(/^(position|embedding|blocks\.\d)\./);
    expect(text).toMatch(/relative 1\.\d+, at most 0\.\d+\n/);
    expect(text.split("\n").length).toBeLessThanOrEqual(21);
    expect(String(diff(make(), make({ layers: 2 })))).toContain("only in the first: blocks.2");
  });

  it("finds NaN, and knows quantized weights by their format", () => {
    const other = make();
    other.find("norm.bias", Parameter).assign(new Float32Array(32).fill(Number.NaN));
    expect(diff(make(), other).values[0]).toEqual({ path: "norm.bias", greatest: Infinity, relative: Infinity });
    const small = make();
    quantize(small, { weights: "q8" });
    const found = diff(make(), small);
    expect(found.changed.some(({ second }) => second === "[32, 32] q8")).toBe(true);
    expect(Math.max(...found.values.map(({ relative }) => relative))).toBeLessThan(0.02);
  });

  it("takes a translator, and refuses what is no model", () => {
    const translator = encoderDecoder({ ...config, layers: 1 }, { seed: 1 });
    expect(diff(translator, translator).same).toBe(true);
    expect(() => Reflect.apply(diff, undefined, [translator, {}])).toThrow(/diff: second must be a Module/);
  });
});
