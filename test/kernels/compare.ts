import fc from "fast-check";
import { expect } from "vitest";
import { random } from "../../src/tensor";

/** Throws unless every number is within the bound, relative to max(1, |wanted|); NaN and infinities must be the same. */
export function expectWithin(found: Float32Array, wanted: readonly number[], bound: number): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    const same = Object.is(found[i], value) || Math.abs(found[i]! - value) <= bound * Math.max(1, Math.abs(value));
    if (!same) throw new Error(`element ${i} is ${found[i]}, the formula gives ${value}, the bound is ${bound}`);
  });
}

/** Numbers of the normal distribution. A seed and a name give the same ones always. */
export const normal = (seed: number, name: string, count: number): Float32Array =>
  random(seed).stream(name).normal(count);

export const seeds = fc.integer({ min: 0, max: 1000 });
export const size = (max: number, min = 0) => fc.integer({ min, max });

/** The numbers of a head, in most cases whole vectors: attention of a few queries has kernels for these alone. */
export const headSize = (max: number) =>
  fc.oneof(
    { weight: 1, arbitrary: size(max, 1) },
    { weight: 3, arbitrary: size(max, 1).map((vectors) => 4 * vectors) },
  );

/** Checks a property for many sizes, the smallest and the empty ones first when it fails. */
export function forAll<Sizes extends [unknown, ...unknown[]]>(
  arbitraries: { [I in keyof Sizes]: fc.Arbitrary<Sizes[I]> },
  property: (...sizes: Sizes) => void,
): void {
  fc.assert(fc.property(...arbitraries, property), { numRuns: 60 });
}

type Numbers = readonly number[];

/**
 * Σ gradientᵢ ∂formulaᵢ/∂xⱼ for every j, from six-point central differences of a formula in float64: an oracle for gradients that
 * knows nothing of them. Good to about 1e-10.
 */
export function slopes(formula: (x: Numbers) => Numbers, x: Float32Array, gradient: Float32Array): number[] {
  const step = 2 ** -8;
  const coefficients = [45 / 60, -9 / 60, 1 / 60];
  return Array.from(x, (value, j) => {
    const lossAt = (moved: number) =>
      formula(Array.from(x).with(j, moved)).reduce((total, y, i) => total + y * gradient[i]!, 0);
    return coefficients.reduce(
      (total, coefficient, i) =>
        total + (coefficient * (lossAt(value + (i + 1) * step) - lossAt(value - (i + 1) * step))) / step,
      0,
    );
  });
}
