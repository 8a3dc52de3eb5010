import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adamW,
  crossEntropy,
  crossEntropyGradient,
  layerNormGradient,
  logSoftmaxGradient,
  rmsNormGradient,
  softmaxGradient,
} from "../../../src/kernels/internal";
import { referenceKernels as reference } from "../../../src/kernels/reference";
import { expectWithin, normal } from "../compare";
import { flavors, guardedMemory, halves } from "./guarded-memory";

interface Case {
  seed: number;
  rows: number;
  size: number;
  hasWeight: boolean;
  hasBias: boolean;
}

/** Rows below and beyond a block of 64, and sizes that leave every remainder of four and of sixteen lanes. */
const cases = fc.record<Case>({
  seed: fc.nat(1000),
  rows: fc.oneof(fc.nat(5), fc.integer({ min: 60, max: 140 })),
  size: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 201 })),
  hasWeight: fc.boolean(),
  hasBias: fc.boolean(),
});

const EPSILON = 1e-5;
/** For elementwise results, and for those of one sum over a row of ordinary numbers. */
const EXACT = 2e-6;
/** For sums of so many terms. */
const sumBound = (terms: number): number => 1e-5 * Math.sqrt(terms);
/** Sums over rows are taken in blocks of this many. */
const BLOCK_ROWS = 64;

describe.each(flavors)("%s kernels, whatever the rows, the size and the operands that are left out", (flavor) => {
  const { kernels, reset, put, room, extremeFlag, take } = guardedMemory(flavor);
  const always = (check: (drawn: Case) => void) =>
    fc.assert(
      fc.property(cases, (drawn) => {
        reset();
        check(drawn);
      }),
      { numRuns: 150 },
    );

  it.each([
    ["softmax", softmaxGradient],
    ["logSoftmax", logSoftmaxGradient],
  ] as const)("%s and its gradient equal the reference's", (name, ofGradient) =>
    always(({ seed, rows, size, hasWeight: isFarBelowZero }) => {
      const length = rows * size;
      const axis = { outer: rows, size, inner: 1 };
      const x = normal(seed, "x", length).map((value) => 5 * value - (isFarBelowZero ? 1000 : 0));
      const gradient = normal(seed, "gradient", length);
      const [xAt, gradientAt, outputAt] = [put(x), put(gradient), room(length)];
      for (const [from, to] of halves(rows)) kernels[name]!(xAt, outputAt, size, from, to);
      const output = reference[name](x, axis);
      expectWithin(take(outputAt, length), [...output], EXACT);
      const [givenAt, resultAt] = [put(output), room(length)];
      for (const [from, to] of halves(rows))
        kernels[ofGradient.name]!(givenAt, gradientAt, resultAt, size, extremeFlag(), from, to);
      expectWithin(take(resultAt, length), [...reference.run(ofGradient, output, axis, gradient)], sumBound(size));
    }),
  );

  /** Operands of a normalization; with a weight, the mean is a hundred deviations from zero as well. */
  const normOperands = ({ seed, rows, size, hasWeight, hasBias }: Case) => {
    const x = normal(seed, "x", rows * size).map((value) => value + (hasWeight ? 100 : 0));
    const gradient = normal(seed, "gradient", rows * size);
    const weight = hasWeight ? normal(seed, "weight", size) : undefined;
    const bias = hasBias ? normal(seed, "bias", size) : undefined;
    return { x, gradient, weight, bias, spec: { rows, size, epsilon: EPSILON } };
  };

  it("layerNorm and its gradients equal the reference's", () =>
    always((drawn) => {
      const { rows, size } = drawn;
      const { x, gradient, weight, bias, spec } = normOperands(drawn);
      const [xAt, gradientAt, weightAt, biasAt] = [put(x), put(gradient), put(weight), put(bias)];
      const outputAt = room(x.length);
      for (const [from, to] of halves(rows))
        kernels.layerNorm!(xAt, weightAt, biasAt, outputAt, size, EPSILON, extremeFlag(), from, to);
      const bound = EXACT * Math.sqrt(size);
      expectWithin(take(outputAt, x.length), [...reference.layerNorm(x, weight, bias, spec)], bound);
      const blocks = Math.ceil(rows / BLOCK_ROWS);
      const [blockSumsAt, sumsAt] = [room(blocks * 2 * size), room(2 * size)];
      for (const [from, to] of halves(rows, BLOCK_ROWS))
        kernels.layerNormGradient!(
          ...[xAt, weightAt, gradientAt, outputAt, blockSumsAt, size, EPSILON, extremeFlag(), from, to],
        );
      kernels.addBlocks!(blockSumsAt, sumsAt, blocks, 2 * size);
      // One or two numbers have a normalized value of ±1 whatever they are: their gradient is all rounding.
      if (size <= 2) return;
      const expected = reference.run(layerNormGradient, x, weight, spec, gradient);
      expectWithin(take(outputAt, x.length), [...expected.x], sumBound(size) * 3);
      expectWithin(take(sumsAt, 2 * size), [...expected.weight, ...expected.bias], sumBound(rows));
    }));

  it("rmsNorm and its gradients equal the reference's", () =>
    always((drawn) => {
      const { rows, size } = drawn;
      const { x, gradient, weight, spec } = normOperands(drawn);
      const [xAt, gradientAt, weightAt, outputAt] = [put(x), put(gradient), put(weight), room(x.length)];
      for (const [from, to] of halves(rows))
        kernels.rmsNorm!(xAt, weightAt, outputAt, size, EPSILON, extremeFlag(), from, to);
      expectWithin(take(outputAt, x.length), [...reference.rmsNorm(x, weight, spec)], EXACT);
      const blocks = Math.ceil(rows / BLOCK_ROWS);
      const [blockSumsAt, sumsAt] = [room(blocks * size), room(size)];
      for (const [from, to] of halves(rows, BLOCK_ROWS))
        kernels.rmsNormGradient!(
          ...[xAt, weightAt, gradientAt, outputAt, blockSumsAt, size, EPSILON, extremeFlag(), from, to],
        );
      kernels.addBlocks!(blockSumsAt, sumsAt, blocks, size);
      const expected = reference.run(rmsNormGradient, x, weight, spec, gradient);
      expectWithin(take(outputAt, x.length), [...expected.x], sumBound(size));
      expectWithin(take(sumsAt, size), [...expected.weight], sumBound(rows));
    }));

  it("crossEntropy and its gradient equal the reference's, ignored targets and weights of classes included", () =>
    always(({ seed, rows, size: classes, hasWeight }) => {
      const length = rows * classes;
      const logits = normal(seed, "logits", length).map((value) => 4 * value);
      const gradient = normal(seed, "gradient", rows);
      const weight = hasWeight ? normal(seed, "weight", classes).map(Math.abs) : undefined;
      const ignoreIndex = -1;
      // Every class in turn, and the ignored one.
      const targets = Int32Array.from({ length: rows }, (_, row) => ((row * 7 + seed) % (classes + 1)) - 1);
      const spec = { rows, classes, targets, ignoreIndex, weight };
      const [logitsAt, targetsAt, weightAt, gradientAt] = [put(logits), put(targets), put(weight), put(gradient)];
      const [lossAt, resultAt] = [room(rows), room(length)];
      for (const [from, to] of halves(rows))
        kernels.crossEntropy!(logitsAt, targetsAt, weightAt, lossAt, classes, ignoreIndex, from, to);
      expectWithin(take(lossAt, rows), [...reference.run(crossEntropy, logits, spec)], EXACT);
      for (const [from, to] of halves(rows))
        kernels.crossEntropyGradient!(
          ...[logitsAt, targetsAt, weightAt, gradientAt, resultAt, classes, ignoreIndex, extremeFlag(), from, to],
        );
      expectWithin(take(resultAt, length), [...reference.run(crossEntropyGradient, logits, spec, gradient)], EXACT);
    }));

  it("a step of AdamW changes parameters and moments as the reference does", () =>
    always(({ seed, size: length }) => {
      const parameter = normal(seed, "parameter", length);
      const gradient = normal(seed, "gradient", length);
      const first = normal(seed, "first", length);
      const second = normal(seed, "second", length).map(Math.abs);
      const operands = [parameter, gradient, first, second];
      const addresses = operands.map(put);
      const [learningRate, weightDecay, epsilon, step] = [0.01, 0.1, 1e-8, 3];
      const betas = [0.9, 0.99] as const;
      // The kernel is given the rates with the corrections of the moments' bias in them.
      const corrected = learningRate / (1 - betas[0] ** step);
      const deviation = 1 / Math.sqrt(1 - betas[1] ** step);
      const settings = [corrected, ...betas, deviation, epsilon, learningRate * weightDecay];
      kernels.adamW!(...addresses, ...settings, 0, length);
      reference.run(adamW, parameter, gradient, first, second, { learningRate, betas, epsilon, weightDecay, step });
      operands.forEach((expected, i) => {
        expectWithin(take(addresses[i]!, length), [...expected], 1e-6);
      });
    }));

  it.each([
    ["not a number", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
    ["hidden, minus infinity", Number.NEGATIVE_INFINITY],
    ["huge", 1e20],
    ["tiny", 1e-25],
  ])("a number that is %s has the reference's effect on its row, and none on the next", (_, value) => {
    // Below, at and beyond whole vectors.
    for (const size of [1, 3, 4, 7, 8, 9, 17]) {
      for (const place of new Set([0, size - 1])) {
        reset();
        const length = 2 * size;
        const x = normal(size, "x", length);
        x[place] = value;
        const [xAt, outputAt] = [put(x), room(length)];
        const spec = { rows: 2, size, epsilon: EPSILON };
        const axis = { outer: 2, size, inner: 1 };
        kernels.softmax!(xAt, outputAt, size, 0, 2);
        expectWithin(take(outputAt, length), [...reference.softmax(x, axis)], EXACT);
        kernels.logSoftmax!(xAt, outputAt, size, 0, 2);
        expectWithin(take(outputAt, length), [...reference.logSoftmax(x, axis)], EXACT);
        kernels.rmsNorm!(xAt, 0, outputAt, size, EPSILON, extremeFlag(), 0, 2);
        expectWithin(take(outputAt, length), [...reference.rmsNorm(x, undefined, spec)], EXACT);
        kernels.layerNorm!(xAt, 0, 0, outputAt, size, EPSILON, extremeFlag(), 0, 2);
        // A row of a single huge number has the variance of its rounding, here and in the reference.
        if (size > 1)
          expectWithin(take(outputAt, length), [...reference.layerNorm(x, undefined, undefined, spec)], 1e-5);
      }
    }
  });

  it.each([1e-25, 1e25])("rmsNorm of numbers around %d, whose squares float32 cannot hold, is exact", (scale) => {
    reset();
    const size = 13;
    const x = normal(3, "x", size).map((value) => value * scale);
    const [xAt, outputAt] = [put(x), room(size)];
    kernels.rmsNorm!(xAt, 0, outputAt, size, 0, extremeFlag(), 0, 1);
    expectWithin(take(outputAt, size), [...reference.rmsNorm(x, undefined, { rows: 1, size, epsilon: 0 })], EXACT);
  });

  it("sums over rows have the same bits however the rows are shared out", () =>
    always((drawn) => {
      const { seed, rows, size } = drawn;
      const length = rows * size;
      const blocks = Math.ceil(rows / BLOCK_ROWS);
      const operands = [normal(seed, "x", length), normal(seed, "weight", size), normal(seed, "gradient", length)];
      const addresses = operands.map(put);
      const run = (parts: readonly (readonly [from: number, to: number])[]) => {
        const [outputAt, blockSumsAt, sumsAt] = [room(length), room(blocks * 2 * size), room(2 * size)];
        for (const [from, to] of parts)
          kernels.layerNormGradient!(...addresses, outputAt, blockSumsAt, size, EPSILON, extremeFlag(), from, to);
        kernels.addBlocks!(blockSumsAt, sumsAt, blocks, 2 * size);
        return [...take(outputAt, length), ...take(sumsAt, 2 * size)];
      };
      expect(run([[0, rows]])).toEqual(run([...halves(rows, BLOCK_ROWS)].reverse()));
    }));
});
