import { type HeadShape, initialize, RotationTable, type Tensor, tensor } from "transformer-blocks";
import { checkGradients } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { expectWithin, normal } from "../kernels/compare";

const [batch, seq, heads, headDim, contextLength] = [2, 3, 2, 6, 9];
const x: Tensor<HeadShape> = tensor(normal(1, "x", batch * seq * heads * headDim), [batch, seq, heads, headDim]);

/** Each pair of neighbours as a complex number times e^(i · angle). */
function turned(angleOf: (row: number, place: number, pair: number) => number): number[] {
  return Array.from(x.data, (value, at) => {
    const [row, place] = [Math.floor(at / (seq * heads * headDim)), Math.floor(at / (heads * headDim)) % seq];
    const angle = angleOf(row, place, Math.floor((at % headDim) / 2));
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return at % 2 === 0 ? value * cos - x.data[at + 1]! * sin : value * cos + x.data[at - 1]! * sin;
  });
}
const frequency = (pair: number) => 10_000 ** ((-2 * pair) / headDim);

describe("RotationTable turns neighbours x₂ᵢ, x₂ᵢ₊₁ by position · 10000^(−2i / headDim)", () => {
  const table = initialize(new RotationTable({ headDim, contextLength }), { seed: 1 });

  it("at positions from 0 on", () => {
    const found = table.forward(x);
    expect(found.shape).toEqual(x.shape);
    const wanted = turned((_, place, pair) => place * frequency(pair));
    expectWithin(found.data, wanted, 1e-6);
  });

  it("at the positions of the pass, for all rows or for each", () => {
    const [all, each] = [
      [5, 0, 8],
      [
        [1, 2, 3],
        [8, 8, 0],
      ],
    ] as const;
    const forAll = turned((_, place, pair) => all[place]! * frequency(pair));
    expectWithin(table.forward(x, { positions: all }).data, forAll, 1e-6);
    const forEach = turned((row, place, pair) => each[row]![place]! * frequency(pair));
    expectWithin(table.forward(x, { positions: each }).data, forEach, 1e-6);
  });

  it("by what is stored, the sines of a position before its cosines", () => {
    const stored = new RotationTable({ headDim, contextLength });
    const angle = (place: number, pair: number) => 0.3 * place - 0.7 * pair + 0.1;
    stored.weight.assign(
      Float32Array.from({ length: contextLength * headDim }, (_, i) => {
        const [place, column] = [Math.floor(i / headDim), i % headDim];
        return column < 3 ? Math.sin(angle(place, column)) : Math.cos(angle(place, column - 3));
      }),
    );
    const wanted = turned((_, place, pair) => angle(place, pair));
    expectWithin(stored.forward(x).data, wanted, 1e-6);
  });

  it("has exact gradients of the table and of its input", () => {
    expect(checkGradients(() => table.forward(x), table).maxRelativeError).toBeLessThan(1e-3);
    expect(checkGradients((y) => table.forward(y), [x]).maxRelativeError).toBeLessThan(1e-3);
  });
});
