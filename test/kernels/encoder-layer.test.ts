import { describe, expect, it } from "vitest";
import { type AttentionSpec, type Kernels, referenceKernels } from "../../src/kernels";
import { type EncoderLayer, encodeLayers } from "../../src/kernels/internal";
import { expectWithin, normal } from "./compare";
import { named } from "./implementations";

const [rows, size, wide, heads] = [40, 64, 128, 4];

/** A layer whose weights the kernels keep. */
function layerFor(kernels: Kernels<Float32Array>): EncoderLayer {
  const factor = (name: string, n: number, k: number) => {
    const scaled = normal(1, name, n * k).map((x) => x / Math.sqrt(k));
    return { weight: kernels.keep(scaled), rows: n, bias: normal(1, `${name} bias`, n) };
  };
  const norm = (name: string) => ({ weight: normal(1, name, size), bias: normal(2, name, size), epsilon: 1e-5 });
  return {
    ...{ query: factor("query", size, size), key: factor("key", size, size), value: factor("value", size, size) },
    ...{ output: factor("output", size, size), up: factor("up", wide, size), down: factor("down", size, wide) },
    ...{ attentionNorm: norm("first"), feedForwardNorm: norm("second"), activation: "gelu", normFirst: false },
  };
}

const spec: AttentionSpec<Float32Array> = {
  ...{ batch: 1, queries: rows, keys: rows, capacity: rows, heads, keyValueHeads: heads, causal: false },
  ...{ headDim: size / heads, valueDim: size / heads, scale: 0.25, mask: undefined },
};

/** norm(x + attention), then norm(y + feed-forward), by the reference. */
function byParts(x: Float32Array, layer: EncoderLayer): Float32Array {
  const { matmul, attention, layerNorm, unary } = referenceKernels;
  const times = (left: Float32Array, { weight, rows: n, bias }: EncoderLayer["up"]) => {
    const k = left.length / rows;
    const product = { m: rows, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
    return matmul(left, weight, product, bias);
  };
  const normed = (a: Float32Array, b: Float32Array, { weight, bias, epsilon }: EncoderLayer["attentionNorm"]) =>
    layerNorm(
      a.map((value, i) => value + b[i]!),
      weight,
      bias,
      { rows, size, epsilon },
    );
  const { output } = attention(times(x, layer.query), times(x, layer.key), times(x, layer.value), spec);
  const y = normed(x, times(output, layer.output), layer.attentionNorm);
  return normed(y, times(unary("gelu", times(y, layer.up)), layer.down), layer.feedForwardNorm);
}

describe.each(named)("a layer of an encoder: %s", (name, { kernels, sumBound }) => {
  it("is what its parts give, or left to them", () => {
    const layer = layerFor(kernels);
    const x = normal(3, "x", rows * size);
    const found = kernels.run(encodeLayers, x, [layer], spec);
    if (name === "reference") expect(found).toBeUndefined();
    else expectWithin(found?.encoded as Float32Array, [...byParts(x, layer)], sumBound(wide));
  });

  it("is left to its parts if their numbers need another way", () => {
    const layer = layerFor(kernels);
    const x = normal(3, "x", rows * size).map((value) => value * 1e30);
    expect(kernels.run(encodeLayers, x, [layer], spec)).toBeUndefined();
  });
});
