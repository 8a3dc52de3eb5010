import {
  CausalConvolution,
  GatedDeltaNet,
  initialize,
  KeyValueCache,
  type Module,
  type Pass,
  type Sequence,
  ShapeError,
  ShortConvolution,
  slice,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { checkGradients, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { expectWithin, normal } from "../kernels/compare";

const dModel = 4;
type Layer = Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> };
/** Each parameter gets numbers of its own. */
function make<M extends Layer>(layer: M): M {
  initialize(layer, { seed: 1 });
  for (const [path, parameter] of layer.parameters())
    parameter.assign(normal(2, path, parameter.size).map((value) => value / 2 + 0.2));
  return layer;
}
const delta = { dModel, keyHeads: 2, valueHeads: 4, keyDim: 3, valueDim: 2 };
const layers: Record<string, () => Layer> = {
  "a causal convolution": () => make(new CausalConvolution({ channels: dModel, kernelSize: 3, bias: true })),
  "a convolution of one position": () => make(new CausalConvolution({ channels: dModel, kernelSize: 1 })),
  "a short convolution": () => make(new ShortConvolution({ dModel, kernelSize: 4, bias: true })),
  "a gated delta net": () => make(new GatedDeltaNet({ ...delta, kernelSize: 3 })),
  "a gated delta net with as many heads": () =>
    make(new GatedDeltaNet({ ...delta, valueHeads: 2, kernelSize: 2, activation: "gelu" })),
};
const text = (batch: number, seq: number): Tensor<Sequence> =>
  tensor(normal(3, `${seq}`, batch * seq * dModel), [batch, seq, dModel]);
const part = (x: Tensor, start: number, end?: number) => slice(x, { axis: 1, start, end }) as Tensor<Sequence>;

describe.each(Object.entries(layers))("%s", (_, make) => {
  const layer = make();

  it("gives the same in parts with a cache as at once, whatever the parts", () => {
    const x = text(2, 9);
    const whole = layer.forward(x);
    for (const parts of [[9], [1, 1, 1, 1, 1, 1, 1, 1, 1], [2, 1, 4, 2], [8, 1]]) {
      const cache = new KeyValueCache({ capacity: 9 });
      let start = 0;
      for (const size of parts) {
        const found = layer.forward(part(x, start, start + size), { cache });
        cache.advance(size);
        expect(maxDifference(found, part(whole, start, start + size))).toBeLessThan(1e-5);
        start += size;
      }
    }
  });

  it("sees nothing that comes later", () => {
    const x = text(1, 6);
    expect(maxDifference(part(layer.forward(x), 0, 4), layer.forward(part(x, 0, 4)))).toBeLessThan(1e-6);
  });

  it("has exact gradients", () => {
    const x = text(1, 3);
    expect(checkGradients(() => layer.forward(x), layer).maxRelativeError).toBeLessThan(3e-4);
    expect(checkGradients((y) => layer.forward(y), [x]).maxRelativeError).toBeLessThan(3e-4);
  });
});

describe("padding is nothing to layers that mix positions", () => {
  it.each([
    ["a short convolution", () => make(new ShortConvolution({ dModel, kernelSize: 4 }))],
    ["a gated delta net", () => make(new GatedDeltaNet({ ...delta, kernelSize: 3 }))],
  ])("%s", (_, make) => {
    const layer = make();
    const x = text(1, 6);
    const mask = [[0, 0, 1, 1, 1, 1]];
    const found = layer.forward(x, { mask });
    expect(maxDifference(part(found, 2), layer.forward(part(x, 2)))).toBeLessThan(1e-6);
    // The mask counts what is in the cache as well.
    const cache = new KeyValueCache({ capacity: 6 });
    layer.forward(part(x, 0, 1), { cache, mask: [[0]] });
    cache.advance(1);
    expect(maxDifference(layer.forward(part(x, 1), { cache, mask }), part(found, 1))).toBeLessThan(1e-6);
    expect(() => layer.forward(x, { mask: [[1, 1]] })).toThrow(ShapeError);
    expect(() => layer.forward(x, { mask: tensor([[1]]) })).toThrow(/pass.mask must be padding as \[batch\]\[key\]/);
  });
});

describe("the formulas, in float64", () => {
  it("of a causal convolution: each channel by itself, its own position last", () => {
    const layer = make(new CausalConvolution({ channels: 2, kernelSize: 3, bias: true }));
    const x = [0.5, -1, 2, 3, -0.25, 1, 1.5, -2];
    const [w, b] = [layer.weight.data, layer.bias!.data];
    const wanted = x.map((_, i) => {
      const [t, c] = [Math.floor(i / 2), i % 2];
      return [0, 1, 2].reduce((sum, j) => sum + w[c * 3 + j]! * (x[(t - 2 + j) * 2 + c] ?? 0), b[c]!);
    });
    expectWithin(layer.forward(tensor(Float32Array.from(x), [1, 4, 2])).data, wanted, 1e-6);
  });

  it("refuses heads that do not divide, and a text without tokens", () => {
    expect(() => new GatedDeltaNet({ ...delta, valueHeads: 3, kernelSize: 3 })).toThrow(/2 keyHeads do not divide 3/);
    const layer = make(new GatedDeltaNet({ ...delta, kernelSize: 3 }));
    expect(() => layer.forward(text(1, 0))).toThrow(/has no positions/);
  });
});
