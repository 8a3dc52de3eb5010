import { inspect } from "node:util";
import * as main from "transformer-blocks";
import {
  add,
  FormatError,
  gpt,
  grad,
  initialize,
  initials,
  KeyValueCache,
  Linear,
  Module,
  ones,
  Parameter,
  PrefixCache,
  random,
  ShapeError,
  sum,
  tensor,
  WorkerError,
} from "transformer-blocks";
import * as checkpoint from "transformer-blocks/checkpoint";
import * as generation from "transformer-blocks/generation";
import * as inspection from "transformer-blocks/inspect";
import * as testing from "transformer-blocks/testing";
import { attentionLaws } from "transformer-blocks/testing";
import * as tokenizer from "transformer-blocks/tokenizer";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import * as training from "transformer-blocks/training";
import { adamW } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";
import { equalities } from "../tools";

const entries: readonly object[] = [main, checkpoint, generation, inspection, testing, tokenizer, training];

const linear = (seed = 1) => initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed });
const parameter = (value: number) => {
  const made = new Parameter([1], initials.ones());
  made.assign(Float32Array.of(value));
  return made;
};
const cache = (ids: number[]) => {
  const cache = new KeyValueCache({ capacity: 4 });
  gpt({ vocabSize: 4, contextLength: 4, dModel: 4, heads: 1, layers: 1 }, { seed: 1 }).forward([ids], { cache });
  return cache;
};

/** Two instances of each public class that differ; of modules one stands for all. */
const differing: Readonly<Record<string, readonly [unknown, unknown]>> = {
  Tensor: [tensor([1]), tensor([2])],
  Parameter: [parameter(1), parameter(2)],
  Random: [random(1), random(2)],
  Module: [linear(1), linear(2)],
  KeyValueCache: [cache([1]), cache([2])],
  PrefixCache: [new PrefixCache({ texts: 1 }), new PrefixCache({ texts: 2 })],
  WorkerError: [new WorkerError("a"), new WorkerError("b")],
  AdamW: [adamW(linear(), { learningRate: 1 }), adamW(linear(), { learningRate: 2 })],
  ShapeError: [new ShapeError("a"), new ShapeError("b")],
  Tokenizer: [characterTokenizer(["ab"]), characterTokenizer(["ac"])],
  FormatError: ["a", "b"].map((file) => new FormatError({ file, found: "x", expected: "y" })) as [unknown, unknown],
  Law: Object.values(attentionLaws).slice(0, 2) as [unknown, unknown],
};

const isClass = (value: unknown): value is abstract new () => object =>
  typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));

const classes = new Map(
  entries
    .flatMap((entry) => Object.entries(entry))
    .filter((pair): pair is [string, abstract new () => object] => isClass(pair[1]))
    .filter(([, one]) => !(one.prototype instanceof Module)),
);

describe("instances of every public class", () => {
  it.each([...classes.keys()])("of which two differ are not equal, and print what they hold: %s", (name) => {
    const [one, other] = differing[name]!;
    for (const expectEqual of Object.values(equalities)) expect(() => expectEqual(one, other)).toThrow();
    expect(inspect(one)).not.toMatch(/\[Getter|\{\}$/);
  });
});

describe("consoles show", () => {
  it("an optimizer's settings and how often it has stepped", () => {
    const optimizer = adamW(linear(), { learningRate: 0.5, betas: [0.8, 0.9], decays: (_, { rank }) => rank > 1 });
    expect(inspect(optimizer, { breakLength: Number.POSITIVE_INFINITY })).toBe(
      "AdamW { learningRate: 0.5, betas: [ 0.8, 0.9 ], epsilon: 1e-8, weightDecay: 0.01, frozen: [], undecayed: [ 'bias' ], steps: 0 }",
    );
    expect(inspect([[[[optimizer]]]], { depth: 3 })).toContain("[AdamW]");
  });

  it("gradients by their names, shapes and norms", () => {
    const model = linear();
    const gradients = grad(model, () => sum(add(model.forward(ones([1, 2])), tensor([1]))));
    expect(inspect(gradients)).toBe("Gradients, 2 tensors\n  weight [1, 2], norm 1.414\n  bias [1], norm 1");
    expect(String(gradients)).toBe(inspect(gradients));
    expect([...gradients.byName.keys()]).toEqual(["weight", "bias"]);
  });

  it("a tokenizer by its size and special tokens", () => {
    expect(inspect(characterTokenizer(["ab"], { specialTokens: ["<pad>"] }), { breakLength: 200 })).toMatch(
      /^Tokenizer \{ vocabSize: 4, special: \[?.*pad: 1/,
    );
  });

  it("what encode and encodeBatch give, as plain objects", () => {
    const tokenizer = characterTokenizer(["ab"]);
    const encoding = tokenizer.encode("ab");
    const batch = tokenizer.encodeBatch(["ab", "ba"]);
    for (const [given, ids] of [
      [encoding, "ids: \\[ 1, 2 \\]"],
      [batch, "ids: \\[ \\[ 1, 2 \\], \\[ 2, 1 \\] \\]"],
    ] as const) {
      const printed = inspect(given, { breakLength: 400 });
      expect(printed).toMatch(new RegExp(`^\\{ ${ids}`));
      expect(printed).toContain("offsets: [ [");
      expect(printed).not.toContain("Getter");
      expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
    }
    expect(Object.keys(encoding)).toEqual(["ids", "tokens", "offsets", "types", "special", "words"]);
    expect(encoding).toStrictEqual({
      ...{ ids: [1, 2], tokens: ["a", "b"], types: [0, 0], special: [0, 0], words: [0, 1] },
      offsets: [[0, 1], [1, 2]], // biome-ignore format: a list of places
    });
  });

  it("where a stream of random numbers stands", () => {
    expect(inspect(random(7))).toBe("Random { key: [ 0, 7 ], drawn: 0 }");
  });

  it("how much a cache holds", () => {
    expect(inspect(cache([1, 2]))).toBe("KeyValueCache { capacity: 4, length: 2 }");
  });
});
