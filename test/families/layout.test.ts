import { describe, expect, it } from "vitest";
import { FeedForward, Linear, Module, MultiHeadAttention } from "../../src/blocks";
import { type Link, linksOf, type NameRule } from "../../src/families/name-map";
import { toOurs, toTheirs, unusedRows } from "../../src/families/reading/layout";
import { random } from "../../src/tensor";

/** One link of a module, and a tensor of theirs that counts 0, 1, 2 … */
function counted(rules: readonly NameRule[], module: Module, theirs: string) {
  const link = linksOf(rules, module).find((one) => one.theirs === theirs)!;
  const numbers = Float32Array.from({ length: link.shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  const parts = new Map(toOurs(link, numbers));
  const back = toTheirs(link, (path) => parts.get(path)!, unusedRows(link, numbers));
  expect(back).toEqual(numbers);
  return { link, parts, shapes: new Map(link.ours.map(({ path, shape }) => [path, shape])) };
}

class Experts extends Module {
  readonly experts: FeedForward[];
  constructor(count: number, { bias = true } = {}) {
    super();
    this.experts = Array.from(
      { length: count },
      () => new FeedForward({ dModel: 3, dFeedForward: 4, gated: true, bias }),
    );
  }
}

const part = (name: string, field = "weight"): string => `experts.*.${name}.${field}`;

describe("a fused tensor goes to its parameters, number by number", () => {
  const [heads, headDim, dModel] = [3, 2, 5];
  const attention = () =>
    new MultiHeadAttention({ dModel: heads * headDim, heads, keyValueHeads: 1, headDim, bias: false });

  it("head by head, as in query_key_value of GPT-NeoX", () => {
    class Fused extends Module {
      readonly query = new Linear({ inFeatures: dModel, outFeatures: heads * headDim });
      readonly key = new Linear({ inFeatures: dModel, outFeatures: heads * headDim });
      readonly value = new Linear({ inFeatures: dModel, outFeatures: heads * headDim });
    }
    const ours = ["query", "key", "value"];
    const rules = ["weight", "bias"].map((field) => ({
      ours: ours.map((one) => `${one}.${field}`),
      theirs: `fused.${field}`,
      groups: heads,
    }));
    const { parts, link } = counted(rules, new Fused(), "fused.weight");
    expect(link.shape).toEqual([heads * 3 * headDim, dModel]);
    // theirs viewed as [heads, 3, headDim, dModel]
    ours.forEach((name, which) => {
      const expected = Array.from({ length: heads * headDim * dModel }, (_, i) => {
        const [head, rest] = [Math.floor(i / (headDim * dModel)), i % (headDim * dModel)];
        return (head * 3 + which) * headDim * dModel + rest;
      });
      expect([...parts.get(`${name}.weight`)!]).toEqual(expected);
    });
    const bias = counted(rules, new Fused(), "fused.bias").parts;
    expect([...bias.get("key.bias")!]).toEqual([2, 3, 8, 9, 14, 15]);
  });

  it("with unequal shares in each group, as in Falcon's: two queries, a key and a value", () => {
    const rules = [
      { ours: ["query.weight", "key.weight", "value.weight"], theirs: "fused", groups: 1 },
      { ours: "output.weight", theirs: "output" },
    ];
    const { parts } = counted(rules, attention(), "fused");
    expect(parts.get("query.weight")![0]).toBe(0);
    expect(parts.get("key.weight")![0]).toBe(36);
    expect(parts.get("value.weight")![0]).toBe(48);
    const grouped = new MultiHeadAttention({ dModel: 4, heads: 4, keyValueHeads: 2, headDim: 1, bias: false });
    const falcon = counted([{ ...rules[0]!, groups: 2 }, rules[1]!], grouped, "fused").parts;
    const rows = (name: string) => [...falcon.get(name)!].filter((_, i) => i % 4 === 0).map((value) => value / 4);
    expect(rows("query.weight")).toEqual([0, 1, 4, 5]);
    expect(rows("key.weight")).toEqual([2, 6]);
    expect(rows("value.weight")).toEqual([3, 7]);
  });

  it("stacked by expert, [experts, out, in]", () => {
    const rules = [
      { ours: [part("gate"), part("up")], theirs: "gate_up_proj", stacked: true },
      { ours: part("down"), theirs: "down_proj", stacked: true },
    ];
    const { link, parts } = counted(rules, new Experts(2, { bias: false }), "gate_up_proj");
    expect(link.shape).toEqual([2, 8, 3]);
    expect([...parts.get("experts.1.up.weight")!]).toEqual(Array.from({ length: 12 }, (_, i) => 24 + 12 + i));
    const down = counted(rules, new Experts(2, { bias: false }), "down_proj");
    expect(down.link.shape).toEqual([2, 3, 4]);
    expect(down.parts.get("experts.1.down.weight")![0]).toBe(12);
  });

  it("stacked, transposed and alternating, as in gate_up_proj of gpt-oss: [experts, in, gate₀ up₀ gate₁ up₁ …]", () => {
    const both = { stacked: true, groups: 4 };
    const rules: NameRule[] = [
      { ours: [part("gate"), part("up")], theirs: "gate_up_proj", transpose: true, ...both },
      { ours: [part("gate", "bias"), part("up", "bias")], theirs: "gate_up_proj_bias", ...both },
      { ours: part("down"), theirs: "down_proj", transpose: true, stacked: true },
      { ours: part("down", "bias"), theirs: "down_proj_bias", stacked: true },
    ];
    const { link, parts } = counted(rules, new Experts(3), "gate_up_proj");
    expect(link.shape).toEqual([3, 3, 8]);
    for (const [which, name] of ["gate", "up"].entries()) {
      const values = parts.get(`experts.2.${name}.weight`)!; // [4, 3]
      for (let out = 0; out < 4; out++)
        for (let input = 0; input < 3; input++)
          expect(values[out * 3 + input]).toBe((2 * 3 + input) * 8 + 2 * out + which);
    }
    const bias = counted(rules, new Experts(3), "gate_up_proj_bias");
    expect(bias.link.shape).toEqual([3, 8]);
    expect([...bias.parts.get("experts.1.up.bias")!]).toEqual([9, 11, 13, 15]);
  });

  it("and back, whatever the rule says, bit for bit", () => {
    const rng = random(5);
    const pick = (count: number) => Math.floor(rng.next() * count);
    for (let round = 0; round < 200; round++) {
      const [stack, groups, width] = [1 + pick(3), 1 + pick(3), 1 + pick(4)];
      const rows = [1, 2, 3].slice(pick(3)).map((n) => n * groups);
      const transpose = pick(2) === 1;
      const unused = stack === 1 ? pick(3) : 0;
      const out = rows.reduce((a, b) => a + b, unused);
      const link: Link = {
        ...{ theirs: "x", stack, groups, transpose, unusedRows: unused },
        shape: [stack, ...(transpose ? [width, out] : [out, width])],
        ours: Array.from({ length: stack }, (_, i) =>
          rows.map((n, part) => ({ path: `${i}.${part}`, shape: [n, width] as const })),
        ).flat(),
      };
      const theirs = Float32Array.from({ length: stack * out * width }, () => rng.next());
      const parts = new Map(toOurs(link, theirs));
      expect(toTheirs(link, (path) => parts.get(path)!, unusedRows(link, theirs))).toEqual(theirs);
    }
  });
});

describe("rules of names", () => {
  const names = (rules: readonly NameRule[], module: Module = new Experts(2, { bias: false })) =>
    Object.fromEntries(linksOf(rules, module).flatMap(({ theirs, ours }) => ours.map(({ path }) => [path, theirs])));
  const base = ["gate", "up", "down"].map((name) => ({ ours: part(name), theirs: `mlp.*.${name}` }));

  it("a later rule replaces an earlier one for the same parameter", () => {
    const found = names([...base, { ours: part("down"), theirs: "mlp.*.out" }]);
    expect(found).toMatchObject({ "experts.1.up.weight": "mlp.1.up", "experts.1.down.weight": "mlp.1.out" });
  });

  it("those for parameters that the model lacks are ignored", () => {
    expect(names([...base, { ours: "other.weight", theirs: "other" }])).toEqual(names(base));
  });

  it("a number in a name of ours stands for itself", () => {
    const found = names([{ ours: "experts.1.up.weight", theirs: "last" }, ...base]);
    expect(found).toMatchObject({ "experts.0.up.weight": "mlp.0.up", "experts.1.up.weight": "last" });
  });

  it.each<[string, NameRule[], string]>([
    ["no name", base.slice(1), "no name for parameter experts.0.gate.weight"],
    ["one name for two", [...base, { ours: part("up"), theirs: "mlp.*.down" }], "one name"],
    [
      "rows that do not divide",
      [...base, { ours: part("up"), theirs: "u.*", groups: 3 }],
      "4 rows, which do not divide",
    ],
    ["a stack without a place", [...base, { ours: "experts.0.up.weight", theirs: "u", stacked: true }], "no *"],
    [
      "a part of a tensor that another rule takes",
      [...base, { ours: [part("gate"), part("up")], theirs: "f.*" }, { ours: part("up"), theirs: "mlp.*.up" }],
      "two names for parameter experts.0.up.weight",
    ],
  ])("%s is a RangeError", (_, rules, message) => {
    expect(() => names(rules)).toThrow(RangeError);
    expect(() => names(rules)).toThrow(message);
  });
});
