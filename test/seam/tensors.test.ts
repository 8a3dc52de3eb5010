import { deepEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { add, grad, initialize, KeyValueCache, Linear, multiply, ones, quantize, sum, Tensor, tensor } from "../../src";
import { kernels, referenceKernels, useKernels } from "../../src/kernels";
import { argmax, attention, gather, sort, topK } from "../../src/tensor";
import { gradientNorm } from "../../src/training";
import { opaqueKernels } from "./opaque-kernels";
import { onDevice } from "./same";

const linear = () => initialize(new Linear({ inFeatures: 32, outFeatures: 2, bias: false }), { seed: 1 });

describe("a tensor on a device", () => {
  it("gives its numbers only to who awaits them, in a copy", () =>
    onDevice(async () => {
      const numbers = Float32Array.of(1, 2);
      const x = new Tensor([2], numbers);
      const [first, second] = [await x.read(), await x.read()];
      expect(first).toEqual(numbers);
      expect(first).not.toBe(second);
      numbers[0] = 9;
      expect(await x.read()).toEqual(second);
    }));

  it.each<[string, (x: Tensor) => unknown]>([
    ["data", (x) => x.data],
    ["item", (x) => x.item()],
    ["toArray", (x) => x.toArray()],
    ["JSON", (x) => JSON.stringify({ x })],
    ["structuredClone", (x) => structuredClone(x)],
    ["deepEqual", (x) => deepEqual(x, tensor([1]))],
    ["toEqual", (x) => expect(x).toEqual(tensor([1]))],
    ["an index", (x) => gather(tensor([1, 2]), x, { axis: 0 })],
    ["argmax", (x) => argmax(x)],
    ["the indices of topK", (x) => topK(x, { k: 1 }).indices],
    ["gradientNorm", (x) => gradientNorm([["x", x]])],
  ])("refuses a look at its numbers, and says what to await: %s", (_, look) =>
    onDevice(() => expect(() => look(ones([1]))).toThrow(/on opaque.* await/)),
  );

  it("prints its shape and where it is", () =>
    onDevice(() => {
      const x = ones([2, 3]);
      expect([String(x), inspect(x), inspect({ x }, { depth: 0 })]).toEqual([
        ...["Tensor [2, 3] on opaque", "Tensor [2, 3] on opaque", "{ x: Tensor [2, 3] }"],
      ]);
      const model = linear();
      expect(String(model.weight)).toBe("Parameter weight [2, 32] on opaque");
      expect(String(quantize(model, "q8").weight)).toBe("Parameter weight q8 [2, 32] on opaque");
      expect(String(grad([x], () => sum(x)))).toBe("Gradients, 1 tensor\n  0 [2, 3] on opaque");
      expect(inspect(new KeyValueCache({ capacity: 3 }))).toMatch("KeyValueCache { capacity: 3");
    }));

  it("has rows, which gradients flow through", () =>
    onDevice(async () => {
      const x = tensor([
        [1, 2],
        [3, 4],
      ]);
      const gradients = grad([x], () => [...x].map((row, i) => multiply(sum(row), i + 1)).reduce((a, b) => add(a, b)));
      expect(await gradients.get(x).read()).toEqual(Float32Array.of(1, 1, 2, 2));
      expect(await Promise.all([...x].map((row) => row.read()))).toEqual([
        Float32Array.of(1, 2),
        Float32Array.of(3, 4),
      ]);
    }));

  it("is found in order by topK and sort, whose values stay on the device", () =>
    onDevice(async () => {
      const x = tensor([3, 1, 2]);
      expect(await topK(x, { k: 2 }).values.read()).toEqual(Float32Array.of(3, 2));
      expect(await sort(x).values.read()).toEqual(Float32Array.of(1, 2, 3));
    }));

  it("takes a mask as it is, and every number of it but 0 keeps a key", () =>
    onDevice(async () => {
      const heads = tensor([1, 2, 3, 4], [1, 2, 1, 2]);
      const of = (mask: number[]) => attention(heads, heads, heads, { mask: tensor(mask, [1, 1, 1, 2]) }).read();
      expect(await of([0.5, 0])).toEqual(await of([1, 0]));
    }));

  it("cannot be used once its own shape was changed", () =>
    onDevice(() => {
      const x = ones([2]);
      (x.shape as unknown as number[])[0] = 9;
      expect(() => add(x, 1)).toThrow(/\[9\]: its data has 2 numbers/);
    }));
});

describe("numbers of one set of kernels on another", () => {
  const moves =
    /is on (the CPU|opaque), but the current kernels are .*; move it with tensor\(await x.read\(\), x.shape\)/;

  it("are refused by name, and moved by reading them", async () => {
    const here = tensor([1, 2]);
    const there = await onDevice(() => tensor([3, 4]));
    expect(() => add(there, 1)).toThrow(moves);
    await onDevice(async () => {
      expect(() => add(here, 1)).toThrow(moves);
      const moved = tensor(await here.read(), here.shape);
      expect(await add(moved, there).read()).toEqual(Float32Array.of(4, 6));
    });
    expect(tensor(await there.read(), there.shape)).toEqual(tensor([3, 4]));
  });

  it.each(["float32", "q8"] as const)("parameters too, with values in %s", async (values) => {
    const made = () => (values === "q8" ? quantize(linear(), "q8") : linear());
    const [here, there] = [made(), await onDevice(made)];
    expect(() => there.forward(ones([1, 32]))).toThrow(moves);
    await onDevice(() => expect(() => here.forward(ones([1, 32]))).toThrow(moves));
  });

  it("parameters move there and back, and are an ordinary parameter again", async () => {
    const model = linear();
    const [before, output] = [model.weight.data.slice(), model.forward(ones([1, 32]))];
    const move = async () => {
      for (const parameter of model.parameters().values()) parameter.assign(await parameter.read());
    };
    await onDevice(async () => {
      await move();
      expect(model.weight.hasValues).toBe(true);
      expect(() => model.weight.data).toThrow(/on opaque/);
    });
    await move();
    expect(model.weight.data).toEqual(before);
    expect(model.forward(ones([1, 32]))).toEqual(output);
  });

  it("a result on the CPU keeps its own property data", () => {
    const x = add(ones([2]), 1);
    expect(Object.keys(x).sort()).toEqual(["data", "shape"]);
    expect(structuredClone(x)).toEqual({ shape: [2], data: Float32Array.of(2, 2) });
  });
});

describe("a set of kernels", () => {
  it.each(Object.keys(referenceKernels))("is refused without its %s", (name) => {
    const before = kernels();
    const lacking = { ...opaqueKernels, [name]: undefined };
    expect(() => useKernels(lacking)).toThrow(`useKernels: implementation is not a set of Kernels: it has no ${name}`);
    expect(kernels()).toBe(before);
  });
});

/**
 * Where the floors from tensors to inspection may read numbers at once, and why. Elsewhere they await `read`, or leave
 * numbers where they are.
 */
const readers: Readonly<Record<string, string>> = {
  "tensor/storage.ts": "is the door",
  "tensor/tensor.ts": "answers data, item, toArray, toJSON and printing",
  "blocks/bytes.ts": "a cache in 8 bits is on the CPU",
  "blocks/stored.ts": "a cache in 8 bits is on the CPU",
  "generation/fingerprint.ts": "compares a saved prefix with a model's values",
  "generation/saved-prefix.ts": "sums the bytes of a file",
  "blocks/key-indexer.ts": "the chosen keys are indices, which are on the CPU",
  "blocks/router.ts": "the chosen experts are indices, which are on the CPU",
  "tensor/gradients/control.ts": "lets a gradient of the caller's read numbers, and notices",
  "tensor/make.ts": "reads a saved tensor, { shape, data }",
  "tensor/parameter.ts": "prints values",
  "tensor/named-gradients.ts": "prints norms, if they can be read",
  "tensor/nested-indices.ts": "refuses an index on a device",
  "tensor/operations/attention-options.ts": "checks a mask, if it can be read",
  "inspect/attention-rollout.ts": "checks weights, if they can be read",
  "inspect/diff.ts": "returns numbers",
  "inspect/final-norm.ts": "returns numbers, as logitAttribution does",
  "inspect/head-parts.ts": "returns numbers, as logitAttribution does",
  "inspect/head-scores.ts": "returns numbers",
  "inspect/integrated-gradients.ts": "takes more steps until its numbers sum to the change",
  "inspect/logit-attribution.ts": "returns numbers",
  "inspect/word-table.ts": "returns numbers",
  "training/gradients.ts": "checks gradients, if they can be read",
  "training/clip.ts": "gradientNorm and clipGradients return a number",
  "training/stored-values.ts": "reads a state that is being loaded",
  "training/training-state.ts": "state(), beside state.read()",
};

describe("the floors above the kernels", () => {
  it("read numbers at once only where the table says why", () => {
    const src = new URL("../../src/", import.meta.url);
    const found = ["tensor", "blocks", "models", "generation", "training", "inspect"].flatMap((floor) =>
      readdirSync(new URL(floor, src), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${floor}/${file.replaceAll("\\", "/")}`)
        .filter((file) => {
          const code = readFileSync(new URL(file, src), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"/g, "");
          return /\.data\b|\{[^{}:]*\bdata\b[^{}:]*\}|\.item\(\)|\.toArray\(\)/.test(code);
        }),
    );
    expect(found.sort()).toEqual(Object.keys(readers).sort());
  });
});
