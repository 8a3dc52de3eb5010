/**
 * The primitives in float64, as naive as their textbook formulas: index by index, nothing shared with src.
 */
import type { Axis, Binary, Unary } from "../../src/kernels";

type Numbers = readonly number[] | Float32Array;

export const product = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);

/** Every multi-index of a shape, in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap((prefix) => Array.from({ length: size }, (_, i) => [...prefix, i])),
    [[]],
  );
}

/** The element at a multi-index; indices of missing leading axes are dropped, axes of size 1 repeat. */
export function at(x: Numbers, shape: readonly number[], index: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  let place = 0;
  shape.forEach((size, axis) => {
    place = place * size + (size === 1 ? 0 : own[axis]!);
  });
  return x[place]!;
}

/** ∫ of the normal density from −10 to x, by Simpson's rule: no series, no table. */
export function normalCumulative(x: number): number {
  if (x <= -10) return 0;
  const intervals = 4000;
  const width = (x + 10) / intervals;
  const density = (place: number) => Math.exp(-0.5 * place * place) / Math.sqrt(2 * Math.PI);
  let sum = density(-10) + density(x);
  for (let i = 1; i < intervals; i++) sum += density(-10 + i * width) * (i % 2 === 0 ? 2 : 4);
  return (sum * width) / 3;
}

/** Φ(−a) e^(a²/2) = ∫₀ e^(−a t − t²/2) dt / √2π, all terms positive. */
function scaledTail(a: number): number {
  const [intervals, end] = [4000, 12];
  const density = (place: number) => Math.exp(-a * place - (place * place) / 2);
  let total = density(0) + density(end);
  for (let i = 1; i < intervals; i++) total += density((i * end) / intervals) * (i % 2 === 0 ? 2 : 4);
  return (total * end) / intervals / 3 / Math.sqrt(2 * Math.PI);
}

/** The normal distribution, with its lower tail to float64's precision. */
export const cumulative = (x: number) =>
  x < 0
    ? x < -40
      ? 0
      : scaledTail(-x) * Math.exp((-x * x) / 2)
    : 1 - (x > 40 ? 0 : scaledTail(x) * Math.exp((-x * x) / 2));

export const unaries = {
  relu: (x: number) => (x + Math.abs(x)) / 2,
  gelu: (x: number) => x * normalCumulative(x),
  geluTanh: (x: number) => (x / 2) * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))),
  silu: (x: number) => x / (1 + Math.exp(-x)),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: (x: number) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x)),
  erf: (x: number) => 2 * normalCumulative(x * Math.SQRT2) - 1,
  exp: (x: number) => Math.E ** x,
  log: (x: number) => Math.log2(x) * Math.LN2,
  sqrt: (x: number) => x ** 0.5,
} satisfies Record<Unary, (x: number) => number>;

export const binaries = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
} satisfies Record<Binary, (a: number, b: number) => number>;

/** The lines along an axis as lists, each with the places of its elements. */
export function lines({ outer, size, inner }: Axis): number[][] {
  const found: number[][] = [];
  for (let row = 0; row < outer; row++)
    for (let i = 0; i < inner; i++)
      found.push(Array.from({ length: size }, (_, along) => row * size * inner + along * inner + i));
  return found;
}

/** A function of lists applied to every line along an axis. */
export function alongLines(x: Numbers, axis: Axis, ofLine: (line: number[]) => number[]): number[] {
  const output = new Array<number>(x.length).fill(0);
  for (const places of lines(axis)) {
    const line = ofLine(places.map((place) => x[place]!));
    places.forEach((place, i) => {
      output[place] = line[i]!;
    });
  }
  return output;
}

export function softmax(line: readonly number[]): number[] {
  const total = line.reduce((sum, x) => sum + Math.exp(x), 0);
  return line.map((x) => Math.exp(x) / total);
}

export const logSoftmax = (line: readonly number[]) => softmax(line).map(Math.log);

/** E[(x − E x)²] as E[x²] − (E x)². */
export function standardize(line: readonly number[], epsilon: number): number[] {
  const mean = line.reduce((sum, x) => sum + x, 0) / line.length;
  const meanSquare = line.reduce((sum, x) => sum + x * x, 0) / line.length;
  return line.map((x) => (x - mean) / Math.sqrt(meanSquare - mean * mean + epsilon));
}

export function scaleToUnit(line: readonly number[], epsilon: number): number[] {
  const meanSquare = line.reduce((sum, x) => sum + x * x, 0) / line.length;
  return line.map((x) => x / Math.sqrt(meanSquare + epsilon));
}
