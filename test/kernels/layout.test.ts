import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { at, indicesOf, lines, product } from "./formulas";
import { named } from "./implementations";

const axes = fc.record({ outer: size(3), size: size(4), inner: size(3) });
const shapes = fc.array(size(3), { maxLength: 4 });

describe.each(named)("layout kernels: %s", (_, { kernels }) => {
  it("permute moves the axes", () => {
    const permuted = shapes.chain((shape) =>
      fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
    );
    forAll([seeds, permuted], (seed, [shape, order]) => {
      const x = normal(seed, "x", product(shape));
      const wanted = indicesOf(order.map((axis) => shape[axis]!)).map((index) => {
        const original = new Array<number>(shape.length).fill(0);
        order.forEach((axis, i) => {
          original[axis] = index[i]!;
        });
        return at(x, shape, original);
      });
      expectWithin(kernels.permute(x, shape, order), wanted, 0);
    });
  });

  it("permute moves rows that stay whole", () => {
    forAll([seeds, size(3), size(3), size(40, 28)], (seed, outer, inner, columns) => {
      const x = normal(seed, "x", outer * inner * columns);
      const wanted = indicesOf([inner, outer, columns]).map(([i, line, j]) => x[(line! * inner + i!) * columns + j!]!);
      expectWithin(kernels.permute(x, [outer, inner, columns], [1, 0, 2]), wanted, 0);
    });
  });

  it("slice takes a part of each line, place puts it back", () => {
    forAll([seeds, axes, size(4), size(4)], (seed, axis, from, to) => {
      const start = Math.min(from, axis.size);
      const length = Math.max(0, Math.min(to, axis.size) - start);
      const x = normal(seed, "x", axis.outer * axis.size * axis.inner);
      const part = indicesOf([axis.outer, length, axis.inner]).map(
        ([line, i, column]) => x[(line! * axis.size + start + i!) * axis.inner + column!]!,
      );
      const found = kernels.slice(x, axis, start, length);
      expectWithin(found, part, 0);

      const target = new Float32Array(x.length).fill(9);
      kernels.place(target, axis, start, found);
      const wanted = indicesOf([axis.outer, axis.size, axis.inner]).map(([, i], place) =>
        i! >= start && i! < start + length ? x[place]! : 9,
      );
      expectWithin(target, wanted, 0);
    });
  });

  it("repeat writes a line's number to each of its places", () => {
    forAll([seeds, axes], (seed, axis) => {
      const x = normal(seed, "x", axis.outer * axis.inner);
      const wanted = new Array<number>(axis.outer * axis.size * axis.inner).fill(0);
      lines(axis).forEach((places, line) => {
        for (const place of places) wanted[place] = x[line]!;
      });
      expectWithin(kernels.repeat(x, axis), wanted, 0);
    });
  });

  it.each(["lower", "upper"] as const)("triangle keeps the %s side of each matrix", (side) => {
    forAll(
      [seeds, size(2), size(4), size(4), fc.integer({ min: -5, max: 5 })],
      (seed, batch, rows, columns, diagonal) => {
        const x = normal(seed, "x", batch * rows * columns);
        const wanted = indicesOf([batch, rows, columns]).map(([, i, j], place) => {
          const kept = side === "lower" ? j! <= i! + diagonal : j! >= i! + diagonal;
          return kept ? x[place]! : 0;
        });
        expectWithin(kernels.triangle(x, rows, columns, diagonal, side), wanted, 0);
      },
    );
  });

  // Few numbers lie on the heap, many in an arena.
  it.each([3, 5000])("keep copies %i numbers, kept ones too", (count) => {
    const x = normal(1, "x", count);
    const first = kernels.keep(x);
    const second = kernels.keep(first);
    first[0] = 7;
    expect([x[0], second[0]]).toEqual([x[0], x[0]]);
    expect(x[0]).not.toBe(7);
    second.fill(8);
    expect([first[0], first[1]]).toEqual([7, x[1]]);
  });
});
