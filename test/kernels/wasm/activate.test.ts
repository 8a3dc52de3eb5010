import { describe, expect, it } from "vitest";
import { activate, layerFunctions } from "../../../src/kernels/wasm/layer-functions";
import { compiled } from "../../../src/kernels/wasm/module";
import { Region } from "../../../src/kernels/wasm/region";
import { cumulative } from "../formulas";
import "../implementations"; // before ./guarded-memory: Node 20 is told to have relaxed SIMD
import { flavors } from "./guarded-memory";

describe.each(flavors)("functions between the products of a layer: %s", (flavor) => {
  const region = new Region(() => compiled(flavor), 2 ** 20);
  const functions = layerFunctions(region, flavor);
  const gelu = (x: Float32Array) =>
    region.scratch(2 ** 19, () => {
      const at = region.put(x);
      activate(functions, "gelu", at, x.length);
      return region.get(at, x.length);
    });

  it("gelu is within 1e-6 of its value, from where Φ is 1 to where it is below 2⁻¹²⁶", () => {
    const x = Float32Array.from({ length: 5201 }, (_, i) => (i - 2600) / 197);
    const found = gelu(x);
    const off = Array.from(x, (value, i) => {
      const wanted = value * cumulative(value);
      return Math.abs(found[i]! - wanted) / (Math.abs(wanted) + 1e-31);
    });
    expect(Math.max(...off)).toBeLessThan(1e-6);
  });

  it("gelu keeps the sign of zero, NaN and infinity, and is NaN for −∞, as x Φ(x) is", () => {
    const x = Float32Array.of(0, -0, NaN, Infinity, -Infinity, 3e38, -3e38, -20);
    expect(gelu(x)).toEqual(Float32Array.of(0, -0, NaN, Infinity, NaN, Math.fround(3e38), 0, 0));
  });
});
