import type { DifferentiableReduction } from "../differentiable";
import { ones, zeros } from "../make";
import type { Tensor } from "../tensor";
import { divide, exp, multiply, subtract } from "./elementwise";
import { abs, sign } from "./functions";
import { concatenate } from "./join";
import { softmax } from "./normalization";
import { equal, notEqual, power } from "./pairs";
import { mean, sum } from "./reduction";
import { where } from "./select";
import { slice } from "./slice";

const along = { axis: 1, keepAxis: true } as const;
/** 1 / n at each of the n elements that equal y, 0 elsewhere: they share the gradient. */
const shared = (x: Tensor, y: Tensor) => {
  const isEqual = equal(x, y);
  return divide(isEqual, sum(isEqual, along));
};

/** For sums that are rare: a loop that calls no function is several times as fast. */
const sumOf = (line: Float64Array, f: (x: number) => number) => {
  let total = 0;
  for (let i = 0; i < line.length; i++) total += f(line[i]!);
  return total;
};

/** The greatest or the smallest number of a line; NaN if one of them is. */
const extreme = (name: "max" | "min", choose: (a: number, b: number) => number): DifferentiableReduction => ({
  name,
  vector: name,
  needsElements: () => true,
  value: (line) => chosen(line, choose),
  // Nothing equals NaN: the gradients are 0 / 0.
  derivative: shared,
});

function chosen(line: Float64Array, choose: (a: number, b: number) => number): number {
  let found = line[0]!;
  for (let i = 1; i < line.length; i++) found = choose(found, line[i]!);
  return found;
}

export const max: DifferentiableReduction = /* @__PURE__ */ extreme("max", Math.max);
export const min: DifferentiableReduction = /* @__PURE__ */ extreme("min", Math.min);

export const logSumExp: DifferentiableReduction = {
  name: "logSumExp",
  vector: "logSumExp",
  value: logSumExpOf,
  // e^(x − y) would lose digits next to a large y, and softmax has no value next to Infinity.
  derivative: (x, y) => where(equal(y, Number.POSITIVE_INFINITY), exp(subtract(x, y)), softmax(x, { axis: 1 })),
};

function logSumExpOf(line: Float64Array): number {
  let most = -Infinity;
  for (let i = 0; i < line.length; i++) most = Math.max(most, line[i]!);
  // Infinity − Infinity would be NaN.
  const shift = Math.abs(most) === Infinity ? 0 : most;
  let total = 0;
  for (let i = 0; i < line.length; i++) total += Math.exp(line[i]! - shift);
  return shift + Math.log(total);
}

export const product: DifferentiableReduction = {
  name: "product",
  vector: "product",
  value: (line) => {
    let total = 1;
    for (let i = 0; i < line.length; i++) total *= line[i]!;
    return total;
  },
  derivative: (x) => where(sum(notEqual(x, x), along), Number.NaN, productOfOthers(x)),
};

/** Without division: a zero has a gradient too. Halves are multiplied with each other, so that there are few steps. */
function productOfOthers(x: Tensor): Tensor {
  const size = x.shape[1]!;
  if (size < 2) return ones(x.shape);
  const half = Math.floor(size / 2);
  const left = slice(x, { axis: 1, end: half });
  const right = slice(x, { axis: 1, start: half, end: 2 * half });
  const products = multiply(left, right);
  const isEven = size === 2 * half;
  const odd = isEven ? [] : [slice(x, { axis: 1, start: 2 * half })];
  const others = productOfOthers(isEven ? products : concatenate([products, ...odd], { axis: 1 }));
  const both = isEven ? others : slice(others, { axis: 1, end: half });
  const ofOdd = isEven ? [] : [slice(others, { axis: 1, start: half })];
  return concatenate([multiply(both, right), multiply(both, left), ...ofOdd], { axis: 1 });
}

function meanOf(line: Float64Array): number {
  let total = 0;
  for (let i = 0; i < line.length; i++) total += line[i]!;
  return total / line.length;
}

export const variance: DifferentiableReduction = {
  name: "variance",
  vector: "variance",
  value: (line, correction) => {
    const mean = meanOf(line);
    let squares = 0;
    for (let i = 0; i < line.length; i++) squares += (line[i]! - mean) * (line[i]! - mean);
    return squares / Math.max(0, line.length - correction);
  },
  derivative: (x, _, correction) => multiply(centred(centred(x)), 2 / Math.max(0, x.shape[1]! - correction)),
};

/** Twice is exact: the first mean is rounded relative to x, the second one relative to the deviations. */
const centred = (x: Tensor) => subtract(x, mean(x, along));

export const norm: DifferentiableReduction = {
  name: "norm",
  vector: "norm",
  needsElements: (p) => p < 0 || p === Infinity,
  value: normOf,
  derivative: (x, y, p) => {
    if (p === 0) return zeros(x.shape);
    if (Math.abs(p) === Infinity) return multiply(sign(x), shared(abs(x), y));
    const total = where(equal(y, 0), 1, y);
    if (p === 2) return divide(x, total);
    // Sizes relative to the norm, so that no power leaves float32.
    const sizes = where(equal(x, 0), 1, divide(abs(x), total));
    return multiply(multiply(sign(x), notEqual(y, 0)), power(sizes, p - 1));
  },
};

function normOf(line: Float64Array, p: number): number {
  if (p === 2) return euclidean(line);
  if (p === 0) return sumOf(line, (x) => Number(x !== 0));
  if (p === Infinity) return line.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (p === -Infinity) return line.reduce((least, x) => Math.min(least, Math.abs(x)), Infinity);
  // Relative to the greatest, so that no power overflows.
  const most = normOf(line, Infinity);
  if (most === 0 || !Number.isFinite(most)) return sumOf(line, (x) => Math.abs(x) ** p) ** (1 / p);
  return most * sumOf(line, (x) => (Math.abs(x) / most) ** p) ** (1 / p);
}

/** Squares of float32 numbers neither overflow nor vanish in float64. */
function euclidean(line: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < line.length; i++) squares += line[i]! * line[i]!;
  return Math.sqrt(squares);
}
