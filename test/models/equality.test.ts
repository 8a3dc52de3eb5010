import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { initialize, Linear, Module, quantize } from "../../src/blocks";
import { bert, encoderDecoder, gpt } from "../../src/models";
import { equalities, inequalities } from "../tools";

const sizes = { vocabSize: 6, contextLength: 4, dModel: 4, heads: 2, layers: 1, dFeedForward: 4 };

/** Settings that do not show in the parameters' shapes, each with two values. */
const settings = [
  ["heads", 2, 1],
  ["dropout", 0.1, 0.2],
  ["activation", "relu", "gelu"],
  ["norm", "pre", "post"],
  ["epsilon", 1e-5, 1e-6],
  ["position", "rotary", "sinusoidal"],
  ["embeddingScale", 1, 2],
  ["padToken", 1, 2],
  ["endTokens", [1], [2]],
] as const;

const models = {
  gpt: () => gpt(sizes, { seed: 1 }),
  bert: () => bert({ ...sizes, head: { kind: "sequenceClass", labels: 2 } }, { seed: 1 }),
  encoderDecoder: () => encoderDecoder(sizes, { seed: 1 }),
  "a model without values": () => gpt(sizes),
  "a model in 8 bits": () => {
    const model = gpt({ ...sizes, dModel: 32 }, { seed: 1 });
    quantize(model, "q8");
    return model;
  },
};

describe.each(Object.entries(equalities))("%s", (_, expectEqual) => {
  it.each(Object.entries(models).filter(([name]) => name !== "a model in 8 bits"))(
    "takes equal models for equal: %s",
    (_, make) => {
      expectEqual(make(), make());
    },
  );

  it("fails for one other number in one parameter", () => {
    const [model, other] = [models.gpt(), models.gpt()];
    const bias = [...other.parameters().values()].at(-1)!;
    bias.assign(bias.data.slice().fill(0.5, 0, 1));
    expect(() => expectEqual(model, other)).toThrow();
    expect(() => expectEqual({ model }, { model: other })).toThrow();
  });

  it.each(settings)("fails for another %s", (name, one, other) => {
    const model = gpt({ ...sizes, [name]: one });
    expectEqual(model, gpt({ ...sizes, [name]: one }));
    expect(() => expectEqual(model, gpt({ ...sizes, [name]: other }))).toThrow();
  });
});

describe("models", () => {
  it("differ from others in every tool's opposite assertion", () => {
    for (const expectDifferent of Object.values(inequalities)) {
      expectDifferent(models.gpt(), gpt(sizes, { seed: 2 }));
      expectDifferent(models.gpt(), gpt({ ...sizes, dropout: 0.5 }, { seed: 1 }));
      expect(() => expectDifferent(models.gpt(), models.gpt())).toThrow();
    }
  });

  it("of another class are not equal where the tool looks at classes", () => {
    class Other extends Linear {}
    const config = { inFeatures: 2, outFeatures: 2 };
    for (const tool of ["vitest's toStrictEqual", "node's deepStrictEqual"])
      expect(() => equalities[tool]!(new Linear(config), new Other(config))).toThrow();
  });

  it("print as a tree of classes, shapes and numbers of parameters, equal blocks in one line", () => {
    const model = gpt({ ...sizes, layers: 3 });
    const lines = String(model).split("\n");
    expect(lines.slice(0, 6)).toEqual([
      "DecoderModel, 456 parameters",
      "  embedding: Embedding, 24 parameters",
      "    weight [6, 4] without values",
      "  position: PositionalEncoding, 16 parameters",
      "    weight [4, 4] without values",
      "  blocks.0 … 2: 3 × DecoderBlock, 136 parameters",
    ]);
    expect(lines.filter((line) => line.includes("feedForward:"))).toEqual([
      "    feedForward: FeedForward, 40 parameters",
    ]);
    initialize(model, { seed: 1 });
    expect(String(model)).not.toContain("without values");
    for (const depth of [0, 1, null]) expect(inspect(model, { depth })).toBe(String(model));
    expect(inspect({ model }, { depth: 0 })).toBe("{ model: DecoderModel }");
    expect(Reflect.apply(Reflect.get(model, Symbol.for("Deno.customInspect")), model, [])).toBe(String(model));
  });

  it("print neighbours of one array in one line, however many, and nothing else", () => {
    const linear = () => new Linear({ inFeatures: 1, outFeatures: 1, bias: false });
    class Long extends Module {
      readonly list = Array.from({ length: 25 }, linear);
      readonly a1x = linear();
      readonly a2 = linear();
      readonly a4 = linear();
    }
    const heads = String(new Long())
      .split("\n")
      .filter((line) => line.includes(":"));
    expect(heads).toEqual([
      "  list.0 … 24: 25 × Linear, 1 parameter",
      "  a1x: Linear, 1 parameter",
      "  a2: Linear, 1 parameter",
      "  a4: Linear, 1 parameter",
    ]);
  });

  it("name what is theirs, however it is kept", () => {
    class Named extends Module {
      readonly parts = new Map([["a", new Linear({ inFeatures: 2, outFeatures: 1 })]]);
      readonly list = [new Linear({ inFeatures: 1, outFeatures: 1 }), new Linear({ inFeatures: 1, outFeatures: 2 })];
    }
    expect(String(initialize(new Named(), { seed: 1 }))).toBe(
      [
        "Named, 9 parameters",
        "  parts.a: Linear, 3 parameters",
        "    weight [1, 2]",
        "    bias [1]",
        "  list.0: Linear, 2 parameters",
        "    weight [1, 1]",
        "    bias [1]",
        "  list.1: Linear, 4 parameters",
        "    weight [2, 1]",
        "    bias [2]",
      ].join("\n"),
    );
  });
});
