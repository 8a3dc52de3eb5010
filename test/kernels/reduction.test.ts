import fc from "fast-check";
import { describe, it } from "vitest";
import {
  layerNormGradient,
  logSoftmaxGradient,
  rmsNormGradient,
  softmaxGradient,
  sum,
} from "../../src/kernels/internal";
import { expectWithin, forAll, normal, seeds, size, slopes } from "./compare";
import { alongLines, lines, logSoftmax, scaleToUnit, softmax, standardize } from "./formulas";
import { ELEMENTWISE, named } from "./implementations";

const axes = fc.record({ outer: size(3), size: size(7), inner: size(3) });
// √ε is the scale on which a norm bends where a row is all but constant; differences must step well below it.
const rows = fc.record({ rows: size(3), size: size(7, 1), epsilon: fc.constantFrom(0.05, 0.3, 1) });
const count = ({ outer, size, inner }: { outer: number; size: number; inner: number }) => outer * size * inner;

describe.each(named)("reductions and normalizations: %s", (_, { kernels, sumBound }) => {
  it("sum adds the numbers of each line", () => {
    forAll([seeds, axes], (seed, axis) => {
      const x = normal(seed, "x", count(axis));
      const wanted = lines(axis).map((places) => places.reduce((total, place) => total + x[place]!, 0));
      expectWithin(kernels.run(sum, x, axis), wanted, sumBound(axis.size));
    });
  });

  it("sum adds the numbers of many long lines", () => {
    const long = fc.record({ outer: size(4, 1), size: size(200, 150), inner: size(33, 14) });
    forAll([seeds, long], (seed, axis) => {
      const x = normal(seed, "x", count(axis));
      const wanted = lines(axis).map((places) => places.reduce((total, place) => total + x[place]!, 0));
      expectWithin(kernels.run(sum, x, axis), wanted, sumBound(axis.size));
    });
  });

  it("softmax and its gradient follow the formula", () => {
    forAll([seeds, axes], (seed, axis) => {
      const [x, upstream] = [normal(seed, "x", count(axis)), normal(seed, "g", count(axis))];
      const formula = (values: readonly number[]) => alongLines(values, axis, softmax);
      const y = kernels.softmax(x, axis);
      expectWithin(y, formula([...x]), sumBound(axis.size));
      expectWithin(kernels.run(softmaxGradient, y, axis, upstream), slopes(formula, x, upstream), sumBound(axis.size));
    });
  });

  it("softmax is exact for scores whose exponentials overflow", () => {
    const x = Float32Array.of(1e4, 1e4 + 1, -3e38);
    const wanted = [1 / (1 + Math.E), Math.E / (1 + Math.E), 0];
    expectWithin(kernels.softmax(x, { outer: 1, size: 3, inner: 1 }), wanted, ELEMENTWISE);
  });

  it("logSoftmax and its gradient follow the formula", () => {
    forAll([seeds, axes], (seed, axis) => {
      const [x, upstream] = [normal(seed, "x", count(axis)), normal(seed, "g", count(axis))];
      const formula = (values: readonly number[]) => alongLines(values, axis, logSoftmax);
      const y = kernels.logSoftmax(x, axis);
      expectWithin(y, formula([...x]), sumBound(axis.size));
      expectWithin(
        kernels.run(logSoftmaxGradient, y, axis, upstream),
        slopes(formula, x, upstream),
        sumBound(axis.size),
      );
    });
  });

  const each = (spec: { rows: number; size: number }) => ({ outer: spec.rows, size: spec.size, inner: 1 });

  it("layerNorm and its gradients follow the formula, with and without weight and bias", () => {
    forAll([seeds, rows, fc.boolean(), fc.boolean()], (seed, spec, weighted, biased) => {
      const [x, upstream] = [normal(seed, "x", spec.rows * spec.size), normal(seed, "g", spec.rows * spec.size)];
      const weight = weighted ? normal(seed, "weight", spec.size) : undefined;
      const bias = biased ? normal(seed, "bias", spec.size) : undefined;
      const formula = (values: readonly number[], scale?: readonly number[], shift?: readonly number[]) =>
        alongLines(values, each(spec), (line) => standardize(line, spec.epsilon)).map(
          (value, i) => value * (scale?.[i % spec.size] ?? 1) + (shift?.[i % spec.size] ?? 0),
        );
      const [scale, shift] = [weight && [...weight], bias && [...bias]];
      expectWithin(kernels.layerNorm(x, weight, bias, spec), formula([...x], scale, shift), sumBound(spec.size));
      const gradient = kernels.run(layerNormGradient, x, weight, spec, upstream);
      // A row of one number has slopes of 1/√ε times rounding.
      const bound = sumBound(spec.size) / Math.sqrt(spec.epsilon);
      expectWithin(
        gradient.x,
        slopes((values) => formula(values, scale, shift), x, upstream),
        bound,
      );
      const ones = new Float32Array(spec.size).fill(1);
      expectWithin(
        gradient.weight,
        slopes((values) => formula([...x], values, shift), weight ?? ones, upstream),
        sumBound(spec.rows),
      );
      expectWithin(
        gradient.bias,
        slopes((values) => formula([...x], scale, values), bias ?? ones, upstream),
        sumBound(spec.rows),
      );
    });
  });

  it("layerNorm keeps small differences on a large mean", () => {
    const x = Float32Array.of(10_000, 10_001, 10_002);
    const spread = Math.sqrt(1.5);
    const wanted = [-spread, 0, spread];
    expectWithin(kernels.layerNorm(x, undefined, undefined, { rows: 1, size: 3, epsilon: 0 }), wanted, sumBound(3));
  });

  it("rmsNorm and its gradients follow the formula", () => {
    forAll([seeds, rows, fc.boolean()], (seed, spec, weighted) => {
      const [x, upstream] = [normal(seed, "x", spec.rows * spec.size), normal(seed, "g", spec.rows * spec.size)];
      const weight = weighted ? normal(seed, "weight", spec.size) : undefined;
      const formula = (values: readonly number[], scale?: readonly number[]) =>
        alongLines(values, each(spec), (line) => scaleToUnit(line, spec.epsilon)).map(
          (value, i) => value * (scale?.[i % spec.size] ?? 1),
        );
      const scale = weight && [...weight];
      expectWithin(kernels.rmsNorm(x, weight, spec), formula([...x], scale), sumBound(spec.size));
      const gradient = kernels.run(rmsNormGradient, x, weight, spec, upstream);
      const bound = sumBound(spec.size) / Math.sqrt(spec.epsilon);
      expectWithin(
        gradient.x,
        slopes((values) => formula(values, scale), x, upstream),
        bound,
      );
      const ones = new Float32Array(spec.size).fill(1);
      expectWithin(
        gradient.weight,
        slopes((values) => formula([...x], values), weight ?? ones, upstream),
        sumBound(spec.rows),
      );
    });
  });
});
