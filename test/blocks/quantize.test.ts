import { describe, expect, it } from "vitest";
import { bert, gpt } from "../../src";
import { initialize, Linear, MultiHeadAttention, quantize, type Sequence } from "../../src/blocks";
import { fromPretrained } from "../../src/families";
import { crossEntropy, type Tensor, tensor, valueAndGradients } from "../../src/tensor";

const config = { vocabSize: 64, contextLength: 16, dModel: 64, heads: 4, layers: 2 };
const ids = [[1, 2, 3, 4, 5, 6, 7, 8]];

/** How far apart two logits are, relative to the largest. */
function distance(a: Tensor, b: Tensor): number {
  const largest = a.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.data.reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i]!)), 0) / largest;
}

describe("quantize", () => {
  it.each([
    ["q8", 0.02],
    ["q4", 0.25],
  ] as const)("keeps what a model says to within the rounding of its weights: %s", (format, bound) => {
    const model = gpt(config, { seed: 1 });
    const before = model.forward(ids);
    expect(quantize(model, format)).toBe(model);
    const error = distance(before, model.forward(ids));
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(bound);
    expect(distance(before, model.forward(ids))).toBeLessThan(bound);
  });

  it("gives gradients to what is not quantized, through what is, as the rounded weights say", () => {
    const layer = initialize(new Linear({ inFeatures: 32, outFeatures: 3 }), { seed: 1 });
    quantize(layer, "q4");
    const x = tensor([Array.from({ length: 32 }, (_, i) => Math.sin(i))]);
    const loss = () => crossEntropy(layer.forward(x), [1]);
    expect(() => valueAndGradients(layer, loss)).toThrow("weight [3, 32] is quantized");
    const { gradients } = valueAndGradients([x, layer.bias!], loss);
    const rounded = new Linear({ inFeatures: 32, outFeatures: 3 });
    rounded.weight.assign(layer.weight.data);
    rounded.bias!.assign(layer.bias!.data);
    const exact = valueAndGradients([x], () => crossEntropy(rounded.forward(x), [1])).gradients.get(x);
    expect(distance(exact, gradients.get(x))).toBeLessThan(0.01);
  });

  it("loads a checkpoint in 8 bits as it quantizes a loaded one", async () => {
    const source = "test/fixtures/models/llama";
    const { model } = await fromPretrained(source, { weights: "q8" });
    const { model: loaded } = await fromPretrained(source);
    const tokens = [[1, 2, 3, 4]];
    const forward = (each: typeof model) => (each as { forward(ids: number[][]): Tensor<Sequence> }).forward(tokens);
    expect(forward(quantize(loaded, "q8"))).toEqual(forward(model));
  });

  it("rounds activations as it is told, and so does a loaded checkpoint: the more bits, the closer to float32", async () => {
    const exact = quantize(gpt(config, { seed: 1 }), { weights: "q8", activations: "float32" }).forward(ids);
    const errors = ([8, 12, "float32"] as const).map((activations) =>
      distance(exact, quantize(gpt(config, { seed: 1 }), { weights: "q8", activations }).forward(ids)),
    );
    expect(errors[0]).toBeGreaterThan(4 * errors[1]!);
    expect(errors[1]).toBeGreaterThan(0);
    expect(errors[2]).toBe(0);
    const source = "test/fixtures/models/llama";
    for (const activations of [8, 12, "float32"] as const) {
      const options = { weights: "q4", activations } as const;
      const { model } = await fromPretrained(source, options);
      const weights = [...model.parameters().values()].flatMap(({ quantized }) => quantized ?? []);
      expect(weights.length).toBeGreaterThan(0);
      expect(new Set(weights.map((weight) => weight.activations))).toEqual(new Set([activations]));
    }
  });

  it("takes single parameters, beside others that stay as they are: one row meets both kinds", () => {
    const attention = () => initialize(new MultiHeadAttention({ dModel: 64, heads: 4 }), { seed: 1 });
    const some = attention();
    quantize(some.query.weight, { weights: "q8", activations: "float32" });
    expect([some.query.weight.quantized?.activations, some.key.weight.quantized]).toEqual(["float32", undefined]);
    const rounded = attention();
    rounded.query.weight.assign(some.query.weight.data);
    const x = tensor(
      Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)),
      [1, 1, 64],
    );
    expect(some.forward(x)).toEqual(rounded.forward(x));
  });

  it("refuses roundings that there are not, and activations without weights", async () => {
    const layer = initialize(new Linear({ inFeatures: 32, outFeatures: 3 }), { seed: 1 });
    const wrong = (options: object, message: string | RegExp) =>
      expect(() => quantize(layer, options as never)).toThrow(message);
    wrong({}, "quantize: weights must be");
    wrong({ activations: 8 }, "quantize: weights must be");
    wrong({ weights: "q8", activations: 4 }, 'quantize: activations must be 8 or 12 or "float32", not 4');
    wrong({ weights: "q8", bits: 8 }, 'quantize: there is no option "bits"');
    wrong([], "quantize: options must be an object");
    expect(() => quantize(layer, 8 as never)).toThrow('quantize: format must be "q8" or "q4", not 8');
    expect(layer.weight.quantized).toBeUndefined();
    await expect(fromPretrained("test/fixtures/models/llama", { activations: 8 })).rejects.toThrow(
      /^fromPretrained: activations .*give weights/,
    );
  });

  it("refuses other formats and models without values, and changes nothing", async () => {
    const model = bert(config, { seed: 1 });
    const before = model.forward(ids);
    // @ts-expect-error there is no such format
    expect(() => quantize(model, "q2")).toThrow(RangeError);
    // @ts-expect-error there is no such format
    await expect(fromPretrained("test/fixtures/models/llama", { weights: "int8" })).rejects.toThrow(RangeError);
    expect(model.forward(ids)).toEqual(before);
    expect(() => quantize(new Linear({ inFeatures: 32, outFeatures: 2 }), "q8")).toThrow("has no values");
  });

  it("quantizes all weights or none: those before the one that fails stay as they were", () => {
    const without = gpt({ ...config, tied: false });
    for (const [path, weight] of without.parameters())
      if (path !== "head.projection.weight") weight.assign(new Float32Array(weight.size).fill(0.1));
    expect(() => quantize(without, "q8")).toThrow(/head\.projection\.weight.* has no values/);
    expect([...without.parameters().values()].filter(({ quantized }) => quantized !== undefined)).toHaveLength(0);
    // A failure after all are known to have values: memory runs out at the last of them.
    const full = gpt({ ...config, tied: false }, { seed: 1 });
    const last = full.head.projection.weight;
    Object.defineProperty(last, "buffer", {
      get: () => {
        throw new RangeError("out of memory");
      },
    });
    expect(() => quantize(full, "q8")).toThrow(RangeError);
    expect([...full.parameters().values()].filter(({ quantized }) => quantized !== undefined)).toHaveLength(0);
  });
});
