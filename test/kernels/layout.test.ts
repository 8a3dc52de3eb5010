import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { View } from "../../src/kernels";
import { addView, join, readView } from "../../src/kernels/internal";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { at, indicesOf, product } from "./formulas";
import { ELEMENTWISE, named } from "./implementations";

const axes = fc.record({ outer: size(3), size: size(4), inner: size(3) });

/** Views with any steps, back and repeated ones too, and the number of elements that they need. */
const views = fc
  .array(fc.tuple(size(4), fc.integer({ min: -9, max: 9 })), { maxLength: 5 })
  .map((parts): { view: View; size: number } => {
    const [shape, steps] = [parts.map(([length]) => length), parts.map(([, step]) => step)];
    const places = placesOf({ shape, steps, start: 0 });
    const start = -Math.min(0, ...places);
    return { view: { shape, steps, start }, size: start + Math.max(0, ...places) + 1 };
  });
/** Of each element of a view in the tensor that it reads. */
const placesOf = ({ shape, steps, start }: View) =>
  indicesOf(shape).map((index) => index.reduce((place, i, axis) => place + i * steps[axis]!, start));

describe.each(named)("layout kernels: %s", (_, { kernels }) => {
  it("readView reads where the steps lead, and addView adds there", () => {
    forAll([seeds, views], (seed, { view, size }) => {
      const x = normal(seed, "x", size);
      const places = placesOf(view);
      expectWithin(
        kernels.run(readView, x, view),
        places.map((place) => x[place]!),
        0,
      );
      const y = normal(seed, "y", places.length);
      const wanted = new Array<number>(size).fill(0);
      for (const [i, place] of places.entries()) wanted[place]! += y[i]!;
      expectWithin(kernels.run(addView, y, view, size), wanted, ELEMENTWISE);
    });
  });

  it("readView moves axes and rows that stay whole, and addView moves them back", () => {
    const moved = fc.tuple(fc.array(size(3), { maxLength: 3 }), size(40, 28)).chain(([shape, columns]) => {
      const axes = [...shape.keys()];
      return fc.tuple(fc.constant([...shape, columns]), fc.shuffledSubarray(axes, { minLength: axes.length }));
    });
    forAll([seeds, moved], (seed, [shape, front]) => {
      const order = [...front, front.length];
      const x = normal(seed, "x", product(shape));
      const steps = order.map((axis) => product(shape.slice(axis + 1)));
      const view = { shape: order.map((axis) => shape[axis]!), start: 0, steps };
      const wanted = indicesOf(view.shape).map((index) => {
        const original = shape.map((_, axis) => index[order.indexOf(axis)]!);
        return at(x, shape, original);
      });
      const found = kernels.run(readView, x, view);
      expectWithin(found, wanted, 0);
      expectWithin(kernels.run(addView, found, view, x.length), [...x], 0);
    });
  });

  it("addView adds a million numbers in one place without losing the small ones", () => {
    const view = { shape: [2 ** 20], start: 0, steps: [0] };
    expectWithin(
      kernels.run(addView, new Float32Array(2 ** 20).fill(0.1), view, 1),
      [Math.fround(0.1) * 2 ** 20],
      1e-7,
    );
  });

  it("place puts a part into its axis", () => {
    forAll([seeds, axes, size(4), size(4)], (seed, axis, from, to) => {
      const start = Math.min(from, axis.size);
      const length = Math.max(0, Math.min(to, axis.size) - start);
      const part = normal(seed, "x", axis.outer * length * axis.inner);
      const target = new Float32Array(axis.outer * axis.size * axis.inner).fill(9);
      kernels.place(target, axis, start, part);
      const wanted = indicesOf([axis.outer, axis.size, axis.inner]).map(([line, i, column]) =>
        i! >= start && i! < start + length ? part[(line! * length + i! - start) * axis.inner + column!]! : 9,
      );
      expectWithin(target, wanted, 0);
    });
  });

  it("join puts parts after one another in each line", () => {
    forAll([seeds, size(3), fc.array(size(40), { minLength: 1, maxLength: 4 })], (seed, outer, lengths) => {
      const parts = lengths.map((length, i) => normal(seed, `part ${i}`, outer * length));
      const wanted = indicesOf([outer]).flatMap(([line]) =>
        parts.flatMap((part, i) => [...part.subarray(line! * lengths[i]!, (line! + 1) * lengths[i]!)]),
      );
      expectWithin(kernels.run(join, parts, outer), wanted, 0);
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

  it.each([3, 5000])("room for %i numbers is as good as a kept copy", (count) => {
    const x = normal(1, "x", count);
    const kept = kernels.keep(x);
    const room = kernels.room(count);
    room!.set(x);
    expect(room).toHaveLength(count);
    expect(room).toEqual(kept);
    // Each call has its own.
    kernels.room(count)!.fill(9);
    expect(room).toEqual(x);
  });
});
