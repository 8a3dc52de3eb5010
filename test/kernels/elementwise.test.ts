import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Binary, Unary } from "../../src/kernels";
import { clampGradient, divideGradient, unaryGradient } from "../../src/kernels/internal";
import { expectWithin, forAll, normal, seeds, size, slopes } from "./compare";
import { at, binaries, indicesOf, product, unaries } from "./formulas";
import { ELEMENTWISE, named } from "./implementations";

const unaryNames = Object.keys(unaries) as Unary[];
const binaryNames = Object.keys(binaries) as Binary[];

/** Where the function and its derivative are defined, and away from kinks. */
function domain(name: Unary, x: Float32Array): Float32Array {
  if (name === "log" || name === "sqrt") return x.map((value) => Math.abs(value) + 0.5);
  if (name === "relu") return x.map((value) => value + Math.sign(value) * 0.1);
  return x.map((value) => 2 * value);
}

/** Two shapes that broadcast: a shape, and for each operand which axes are left out in front or have size 1. */
const broadcastable = fc
  .array(fc.tuple(size(3), fc.boolean(), fc.boolean()), { maxLength: 4 })
  .chain((axes) =>
    fc.tuple(fc.constant(axes), fc.nat({ max: axes.length }), fc.nat({ max: axes.length }), fc.boolean()),
  )
  .map(([axes, dropA, dropB, aIsShort]) => {
    const a = axes.map(([length, one]) => (one ? 1 : length));
    const b = axes.map(([length, , one]) => (one ? 1 : length));
    // An axis may be left out where the other operand has it.
    return aIsShort ? meeting(a.slice(dropA), b) : meeting(a, b.slice(dropB));
  });

/** The operands and the shape in which they meet. */
function meeting(a: number[], b: number[]) {
  const rank = Math.max(a.length, b.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const [sizeA, sizeB] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    return sizeA === 1 ? sizeB : sizeA;
  });
  return { shape, a, b };
}

/** Elements to step over for each axis of the wider shape; 0 where the operand repeats. */
const stepsIn = (own: readonly number[], wider: readonly number[]) =>
  wider.map((_, axis) => {
    const mine = axis - wider.length + own.length;
    return mine < 0 || own[mine] === 1 ? 0 : product(own.slice(mine + 1));
  });

describe.each(named)("elementwise kernels: %s", (_, { kernels }) => {
  describe.each(unaryNames)("%s", (name) => {
    it("follows its formula", () => {
      forAll([seeds, size(20)], (seed, count) => {
        const x = domain(name, normal(seed, "x", count));
        expectWithin(kernels.unary(name, x), Array.from(x, unaries[name]), ELEMENTWISE);
      });
    });

    it("has the gradient of its formula", () => {
      forAll([seeds, size(6)], (seed, count) => {
        const x = domain(name, normal(seed, "x", count));
        const upstream = normal(seed, "g", count);
        const wanted = slopes((values) => values.map(unaries[name]), x, upstream);
        expectWithin(kernels.run(unaryGradient, name, x, upstream), wanted, ELEMENTWISE);
      });
    });

    it("is multiplied by factors, and so is its gradient", () => {
      forAll([seeds, size(20)], (seed, count) => {
        const x = domain(name, normal(seed, "x", count));
        const [upstream, factor] = [normal(seed, "g", count), normal(seed, "factor", count)];
        const value = kernels.unary(name, x);
        const slope = kernels.run(unaryGradient, name, x, upstream);
        const times = (values: Float32Array) => Array.from(values, (each, i) => each * factor[i]!);
        expectWithin(kernels.unary(name, x, factor), times(value), ELEMENTWISE);
        expectWithin(kernels.run(unaryGradient, name, x, upstream, factor), times(slope), ELEMENTWISE);
      });
    });

    it("leaves NaN as it is and its argument alone", () => {
      const x = Float32Array.of(Number.NaN, 0.5);
      expect(kernels.unary(name, x)[0]).toBeNaN();
      expect([...x]).toEqual([Number.NaN, 0.5]);
    });
  });

  it("an unknown name is an error, not another function", () => {
    const x = new Float32Array(4000).fill(4);
    const plan = { shape: [4000], stepsA: [1], stepsB: [1] };
    for (const name of ["unknown", ""]) {
      expect(() => kernels.unary(name as Unary, x)).toThrow();
      expect(() => kernels.run(unaryGradient, name as Unary, x, x)).toThrow();
      expect(() => kernels.binary(name as Binary, x, x, plan)).toThrow();
    }
  });

  it("keeps the whole float32 range of arguments finite where the function is", () => {
    const x = Float32Array.of(-3e38, -1000, -88, 88, 1000, 3e38);
    const bounded = { sigmoid: [0, 0, 0, 1, 1, 1], tanh: [-1, -1, -1, 1, 1, 1], erf: [-1, -1, -1, 1, 1, 1] } as const;
    for (const [name, wanted] of Object.entries(bounded)) {
      expectWithin(kernels.unary(name as Unary, x), wanted, ELEMENTWISE);
      expectWithin(
        kernels.run(
          unaryGradient,
          name as Unary,
          x,
          x.map(() => 1),
        ),
        [0, 0, 0, 0, 0, 0],
        ELEMENTWISE,
      );
    }
    const ramps = [0, 0, 0, 88, 1000, Math.fround(3e38)];
    for (const name of ["relu", "gelu", "geluTanh", "silu"] as const) {
      expectWithin(kernels.unary(name, x), ramps, ELEMENTWISE);
      expectWithin(
        kernels.run(
          unaryGradient,
          name,
          x,
          x.map(() => 1),
        ),
        [0, 0, 0, 1, 1, 1],
        ELEMENTWISE,
      );
    }
  });

  it.each(binaryNames)("%s broadcasts", (name) => {
    forAll([seeds, broadcastable], (seed, { shape, a, b }) => {
      const [x, y] = [normal(seed, "a", product(a)), normal(seed, "b", product(b)).map((v) => v + Math.sign(v))];
      const plan = { shape, stepsA: stepsIn(a, shape), stepsB: stepsIn(b, shape) };
      const wanted = indicesOf(shape).map((index) => binaries[name](at(x, a, index), at(y, b, index)));
      expectWithin(kernels.binary(name, x, y, plan), wanted, ELEMENTWISE);
    });
  });

  it("the gradient of a quotient by its divisor is −g · a / b², broadcasting", () => {
    forAll([seeds, broadcastable], (seed, { shape, a, b }) => {
      const [x, y] = [normal(seed, "a", product(a)), normal(seed, "b", product(b)).map((v) => v + Math.sign(v))];
      const upstream = normal(seed, "g", product(shape));
      const plan = { shape, stepsA: stepsIn(a, shape), stepsB: stepsIn(b, shape) };
      const wanted = indicesOf(shape).map((index, i) => (-upstream[i]! * at(x, a, index)) / at(y, b, index) ** 2);
      expectWithin(kernels.run(divideGradient, upstream, x, y, plan), wanted, ELEMENTWISE);
    });
  });

  it("where chooses, broadcasting", () => {
    forAll([seeds, broadcastable, fc.nat({ max: 4 })], (seed, { shape, a, b }, dropped) => {
      // The condition has the shape of the result without some axes in front, or of an operand.
      const own = dropped > shape.length ? a : shape.slice(dropped);
      const condition = normal(seed, "c", product(own)).map((v) => (v > 0.5 ? Number.NaN : Math.max(v, 0)));
      const [x, y] = [normal(seed, "a", product(a)), normal(seed, "b", product(b))];
      const [stepsCondition, stepsA, stepsB] = [own, a, b].map((each) => stepsIn(each, shape));
      const selection = { shape, stepsCondition: stepsCondition!, stepsA: stepsA!, stepsB: stepsB! };
      const wanted = indicesOf(shape).map((index) =>
        at(condition, own, index) === 0 ? at(y, b, index) : at(x, a, index),
      );
      expectWithin(kernels.where(condition, x, y, selection), wanted, 0);
    });
  });

  // Few numbers are combined where they lie, more are copied; the last of them fill no vector.
  it.each([2040, 2047, 2048, 2049, 2051])(
    "operations of two operands are exact on %i numbers, whole, by rows and by columns",
    (count) => {
      const shape = [3, count];
      const [x, y] = [normal(1, "a", 3 * count), normal(2, "b", 3 * count).map((v) => v + Math.sign(v))];
      for (const own of [shape, [count], [3, 1], [1]])
        for (const [a, b] of [
          [shape, own],
          [own, shape],
        ] as const) {
          const [left, right] = [x.subarray(0, product(a)), y.subarray(0, product(b))];
          const plan = { shape, stepsA: stepsIn(a, shape), stepsB: stepsIn(b, shape) };
          for (const name of binaryNames) {
            const wanted = indicesOf(shape).map((index) => binaries[name](at(left, a, index), at(right, b, index)));
            expectWithin(kernels.binary(name, left, right, plan), wanted, ELEMENTWISE);
          }
        }
      const plan = { shape: [count], stepsA: [1], stepsB: [1] };
      for (const name of binaryNames) {
        const wanted = Array.from(x.subarray(0, count), (value, i) => binaries[name](value, y[i]!));
        expectWithin(kernels.binary(name, x.subarray(0, count), y.subarray(0, count), plan), wanted, ELEMENTWISE);
      }
    },
  );

  it("the gradient of clamp passes inside the bounds and on them", () => {
    forAll([seeds, size(20), fc.integer({ min: -3, max: 3 }), size(3)], (seed, count, minimum, width) => {
      const x = normal(seed, "x", count).map((value) => Math.round(value * 4) / 4);
      const upstream = normal(seed, "g", count);
      const maximum = minimum + width;
      const inside = (value: number) => !(value < minimum) && !(value > maximum);
      expectWithin(
        kernels.run(clampGradient, x, minimum, maximum, upstream),
        Array.from(upstream, (value, i) => (inside(x[i]!) ? value : 0)),
        0,
      );
    });
  });
});
