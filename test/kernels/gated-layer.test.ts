import { describe, expect, it } from "vitest";
import { type Kernels, referenceKernels } from "../../src/kernels";
import { feedForward, type GatedLayer } from "../../src/kernels/internal";
import { expectWithin, normal } from "./compare";
import { named } from "./implementations";

/** A layer whose weights the kernels keep. */
function layerFor(kernels: Kernels<Float32Array>, size: number, wide: number): GatedLayer {
  const factor = (name: string, n: number, k: number) => {
    const scaled = normal(1, name, n * k).map((x) => x / Math.sqrt(k));
    return { weight: kernels.keep(scaled), rows: n, bias: normal(1, `${name} bias`, n) };
  };
  const [gate, up, down] = [factor("gate", wide, size), factor("up", wide, size), factor("down", size, wide)];
  return { gate, up, down, activation: "silu" };
}

/** (f(x Wᵍ) ⊙ x Wᵘ) Wᵈ, by the reference. */
function byParts(x: Float32Array, rows: number, { gate, up, down }: GatedLayer): Float32Array {
  const { matmul, unary } = referenceKernels;
  const times = (left: Float32Array, { weight, rows: n, bias }: GatedLayer["up"]) => {
    const product = {
      m: rows,
      k: left.length / rows,
      n,
      transposeA: false,
      transposeB: true,
      batchA: [0],
      batchB: [0],
    };
    return matmul(left, weight, product, bias);
  };
  const values = times(x, up);
  return times(
    unary("silu", times(x, gate)).map((open, i) => open * values[i]!),
    down,
  );
}

describe.each(named)("a gated feed-forward layer: %s", (name, { kernels, sumBound }) => {
  it.each([
    [33, 64, 96],
    [40, 64, 160],
    [101, 66, 130],
    [133, 129, 131],
  ])("is what its parts give, or left to them: %i rows, dModel %i, %i hidden units", (rows, size, wide) => {
    const layer = layerFor(kernels, size, wide);
    const x = normal(3, "x", rows * size);
    const found = kernels.run(feedForward, x, layer) as Float32Array | undefined;
    if (name === "reference") expect(found).toBeUndefined();
    else expectWithin(found!, [...byParts(x, rows, layer)], sumBound(wide));
  });

  it("is left to its parts for few rows", () => {
    expect(kernels.run(feedForward, normal(3, "x", 32 * 8), layerFor(kernels, 8, 12))).toBeUndefined();
  });
});
