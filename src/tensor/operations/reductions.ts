import type { Reduction } from "../../kernels";
import { signOf } from "./sign";

/** For sums that are rare: a loop that calls no function is several times as fast. */
const sumOf = (line: Float64Array, f: (x: number) => number) => {
  let total = 0;
  for (let i = 0; i < line.length; i++) total += f(line[i]!);
  return total;
};
const replace = (line: Float64Array, f: (x: number) => number) => {
  for (let i = 0; i < line.length; i++) line[i] = f(line[i]!);
};

/** The one of a line that is chosen over all others: NaN if one is NaN. Those that equal it share the gradient. */
const extreme = (name: "max" | "min", choose: (a: number, b: number) => number): Reduction => ({
  name,
  vector: name,
  needsElements: () => true,
  value: (line) => chosen(line, choose),
  slopes: (line) => {
    const found = chosen(line, choose);
    const equals = sumOf(line, (x) => Number(x === found));
    // Nothing equals NaN: the gradients are 0 / 0.
    replace(line, (x) => Number(x === found) / equals);
  },
});

function chosen(line: Float64Array, choose: (a: number, b: number) => number): number {
  let found = line[0]!;
  for (let i = 1; i < line.length; i++) found = choose(found, line[i]!);
  return found;
}

export const max: Reduction = /* @__PURE__ */ extreme("max", Math.max);
export const min: Reduction = /* @__PURE__ */ extreme("min", Math.min);

export const logSumExp: Reduction = {
  name: "logSumExp",
  vector: "logSumExp",
  value: logSumExpOf,
  slopes: (line) => {
    const total = logSumExpOf(line);
    replace(line, (x) => Math.exp(x - total));
  },
};

function logSumExpOf(line: Float64Array): number {
  let most = -Infinity;
  for (let i = 0; i < line.length; i++) most = Math.max(most, line[i]!);
  // Subtracting an infinite one would give NaN.
  const shift = Math.abs(most) === Infinity ? 0 : most;
  let total = 0;
  for (let i = 0; i < line.length; i++) total += Math.exp(line[i]! - shift);
  return shift + Math.log(total);
}

export const product: Reduction = {
  name: "product",
  vector: "product",
  value: (line) => {
    let total = 1;
    for (let i = 0; i < line.length; i++) total *= line[i]!;
    return total;
  },
  // The product of all others, without division: a zero has a gradient too.
  slopes: (line) => {
    if (line.includes(Number.NaN)) return void line.fill(Number.NaN);
    const before = new Float64Array(line.length);
    let total = 1;
    for (let i = 0; i < line.length; i++) {
      before[i] = total;
      total *= line[i]!;
    }
    total = 1;
    for (let i = line.length - 1; i >= 0; i--) {
      const x = line[i]!;
      line[i] = before[i]! * total;
      total *= x;
    }
  },
};

function meanOf(line: Float64Array): number {
  let total = 0;
  for (let i = 0; i < line.length; i++) total += line[i]!;
  return total / line.length;
}

export const variance: Reduction = {
  name: "variance",
  vector: "variance",
  value: (line, correction) => {
    const mean = meanOf(line);
    let squares = 0;
    for (let i = 0; i < line.length; i++) squares += (line[i]! - mean) * (line[i]! - mean);
    return squares / Math.max(0, line.length - correction);
  },
  slopes: (line, correction) => {
    const mean = meanOf(line);
    replace(line, (x) => (2 * (x - mean)) / Math.max(0, line.length - correction));
  },
};

export const norm: Reduction = {
  name: "norm",
  vector: "norm",
  needsElements: (p) => p < 0 || p === Infinity,
  value: normOf,
  slopes: (line, p) => {
    const total = normOf(line, p);
    if (Math.abs(p) === Infinity) {
      const ties = sumOf(line, (x) => Number(Math.abs(x) === total));
      replace(line, (x) => (ties === 0 ? Number.NaN : (signOf(x) * Number(Math.abs(x) === total)) / ties));
    } else if (p === 0 || total === 0) line.fill(0);
    // Sizes relative to the norm, so that no power leaves float64.
    else replace(line, (x) => (x === 0 ? 0 : signOf(x) * (Math.abs(x) / total) ** (p - 1)));
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
