import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adamW, crossEntropy, crossEntropyGradient, scatterRows } from "../../src/kernels/internal";
import { expectWithin, forAll, normal, seeds, size, slopes } from "./compare";
import { indicesOf, logSoftmax } from "./formulas";
import { ELEMENTWISE, named } from "./implementations";

describe.each(named)("tables, positions, losses, steps: %s", (_, { kernels, sumBound }) => {
  const ids = (rows: number) => fc.array(fc.nat({ max: rows - 1 }), { maxLength: 12 });

  it("gatherRows picks rows, scatterRows adds to them", () => {
    forAll(
      [seeds, size(4, 1).chain((rows) => fc.tuple(fc.constant(rows), ids(rows))), size(3)],
      (seed, [rows, picked], width) => {
        const weight = normal(seed, "weight", rows * width);
        const upstream = normal(seed, "g", picked.length * width);
        const places = Int32Array.from(picked);
        const wanted = indicesOf([picked.length, width]).map(([row, i]) => weight[picked[row!]! * width + i!]!);
        expectWithin(kernels.gatherRows(weight, places, width), wanted, 0);
        const sums = indicesOf([rows, width]).map(([row, i]) =>
          picked.reduce((total, id, place) => (id === row ? total + upstream[place * width + i!]! : total), 0),
        );
        expectWithin(kernels.run(scatterRows, upstream, places, rows, width), sums, sumBound(picked.length));
      },
    );
  });

  it("scatterRows adds many rows to few and to many", () => {
    const sizes = fc.record({ rows: size(40, 1), count: size(300, 200), width: size(23, 11) });
    forAll([seeds, sizes], (seed, { rows, count, width }) => {
      const upstream = normal(seed, "g", count * width);
      const ids = Int32Array.from(normal(seed, "ids", count), (v) => Math.floor(Math.abs(v) * rows) % rows);
      const sums = new Array<number>(rows * width).fill(0);
      for (const [row, i] of indicesOf([count, width])) sums[ids[row!]! * width + i!]! += upstream[row! * width + i!]!;
      expectWithin(kernels.run(scatterRows, upstream, ids, rows, width), sums, sumBound(count));
    });
  });

  it("scatterRows keeps its bound for a row that comes thousands of times", () => {
    const count = 20_000;
    const upstream = new Float32Array(count).fill(0.1);
    const [found] = kernels.run(scatterRows, upstream, new Int32Array(count), 1, 1);
    const wanted = count * upstream[0]!;
    expect(Math.abs(found! / wanted - 1)).toBeLessThan(sumBound(count));
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])("rotary turns pairs as complex numbers, neighbours: %s, back: %s", (interleaved, inverse) => {
    forAll([seeds, size(3), size(2, 1), size(13), size(2)], (seed, rows, heads, half, rest) => {
      const headDim = 2 * half + rest;
      const x = normal(seed, "x", rows * heads * headDim);
      const angles = normal(seed, "angles", rows * half);
      const wanted = [...x];
      for (const [row, head, i] of indicesOf([rows, heads, half])) {
        const start = (row! * heads + head!) * headDim;
        const [real, imaginary] = interleaved ? [start + 2 * i!, start + 2 * i! + 1] : [start + i!, start + half + i!];
        const angle = (inverse ? -1 : 1) * angles[row! * half + i!]!;
        const radius = Math.hypot(x[real]!, x[imaginary]!);
        const turned = Math.atan2(x[imaginary]!, x[real]!) + angle;
        wanted[real] = radius * Math.cos(turned);
        wanted[imaginary] = radius * Math.sin(turned);
      }
      const spec = { rows, heads, headDim, dimensions: 2 * half, interleaved };
      expectWithin(kernels.rotary(x, angles.map(Math.cos), angles.map(Math.sin), spec, inverse), wanted, ELEMENTWISE);
    });
  });

  it("crossEntropy keeps the many small terms of a row with one large score", () => {
    const classes = 50_257;
    const logits = normal(1, "x", classes).map((value) => value / 10);
    logits[7] = 20;
    const spec = { rows: 1, classes, targets: Int32Array.of(7), ignoreIndex: -1, weight: undefined };
    const others = logits.reduce((total, value, i) => (i === 7 ? total : total + Math.exp(value - 20)), 0);
    expectWithin(kernels.run(crossEntropy, logits, spec), [Math.log1p(others)], 5e-7);
    const slope = kernels.run(crossEntropyGradient, logits, spec, Float32Array.of(1));
    expectWithin(slope.subarray(7, 8), [-others / (1 + others)], 5e-7);
  });

  it("crossEntropy and its gradient follow the formula, with ignored rows and class weights", () => {
    const targets = size(4, 1).chain((classes) =>
      fc.tuple(
        fc.constant(classes),
        fc.array(fc.integer({ min: -1, max: classes - 1 }), { maxLength: 4 }),
        fc.boolean(),
      ),
    );
    forAll([seeds, targets], (seed, [classes, wantedClasses, weighted]) => {
      const rows = wantedClasses.length;
      const weight = weighted ? normal(seed, "weight", classes).map(Math.abs) : undefined;
      const [logits, upstream] = [normal(seed, "logits", rows * classes), normal(seed, "g", rows)];
      const formula = (values: readonly number[]) =>
        wantedClasses.map((target, row) => {
          const line = logSoftmax(values.slice(row * classes, (row + 1) * classes));
          return target === -1 ? 0 : -(weight?.[target] ?? 1) * line[target]!;
        });
      const spec = { rows, classes, targets: Int32Array.from(wantedClasses), ignoreIndex: -1, weight };
      expectWithin(kernels.run(crossEntropy, logits, spec), formula([...logits]), sumBound(classes));
      expectWithin(
        kernels.run(crossEntropyGradient, logits, spec, upstream),
        slopes(formula, logits, upstream),
        sumBound(classes),
      );
    });
  });

  it("adamW follows the algorithm for some steps, in place", () => {
    forAll([seeds, size(5), fc.constantFrom(0, 0.1)], (seed, count, weightDecay) => {
      const parameter = normal(seed, "parameter", count);
      const [first, second] = [new Float32Array(count), new Float32Array(count)];
      let wanted = [...parameter];
      let firstMoment = wanted.map(() => 0);
      let secondMoment = wanted.map(() => 0);
      for (let step = 1; step <= 5; step++) {
        const upstream = normal(seed + step, "g", count);
        kernels.run(adamW, parameter, upstream, first, second, {
          ...{ learningRate: 0.01, betas: [0.9, 0.99], epsilon: 1e-8, weightDecay, step },
        });
        wanted = wanted.map((theta) => theta - 0.01 * weightDecay * theta);
        firstMoment = firstMoment.map((value, i) => 0.9 * value + 0.1 * upstream[i]!);
        secondMoment = secondMoment.map((value, i) => 0.99 * value + 0.01 * upstream[i]! ** 2);
        wanted = wanted.map(
          (theta, i) =>
            theta -
            (0.01 * (firstMoment[i]! / (1 - 0.9 ** step))) / (Math.sqrt(secondMoment[i]! / (1 - 0.99 ** step)) + 1e-8),
        );
      }
      expectWithin(parameter, wanted, 5 * ELEMENTWISE);
      expectWithin(first, firstMoment, 5 * ELEMENTWISE);
      expectWithin(second, secondMoment, 5 * ELEMENTWISE);
    });
  });
});
