import { show, sizeOf } from "./shape";
import type { Shape } from "./shape-types";

/** NumPy's printing options: tensors above the threshold show only three elements at each end of an axis. */
const [THRESHOLD, EDGE, LINE_WIDTH, PRECISION] = [1000, 3, 75, 8];

/**
 * Numbers as `numpy.array2string` writes float32: aligned, the shortest digits that identify each number, at most 8
 * after the point, and only the corners of more than 1000 elements.
 *
 * @param at the number at an index of the contiguous storage
 */
export function printNumbers(shape: Shape, at: (index: number) => number): string {
  const size = sizeOf(shape);
  if (size === 0) return "[]";
  const shown = (length: number): (number | undefined)[] =>
    size > THRESHOLD && length > 2 * EDGE
      ? [0, 1, 2, undefined, length - 3, length - 2, length - 1]
      : Array.from({ length }, (_, i) => i);

  const numbers: number[] = [];
  const collect = (axis: number, place: number): void => {
    if (axis === shape.length) numbers.push(at(place));
    else for (const i of shown(shape[axis]!)) if (i !== undefined) collect(axis + 1, place * shape[axis]! + i);
  };
  collect(0, 0);
  const print = printer(numbers);

  const nest = (axis: number, place: number): string => {
    const left = shape.length - axis;
    if (left === 0) return print(at(place));
    const parts = shown(shape[axis]!).map((i) => (i === undefined ? "..." : nest(axis + 1, place * shape[axis]! + i)));
    const indent = " ".repeat(axis + 1);
    const inside =
      left === 1 ? wrap(parts, LINE_WIDTH - axis - 1, indent) : parts.join(`${"\n".repeat(left - 1)}${indent}`);
    return `[${inside}]`;
  };
  return nest(0, 0);
}

/** Words in lines of at most `width` characters. */
function wrap(words: readonly string[], width: number, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    if (line.length + word.length > width && line.length > indent.length) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  lines.push(line.slice(0, -1));
  return lines.join("\n").slice(indent.length);
}

/** Writes numbers so that all align. */
function printer(numbers: readonly number[]): (x: number) => string {
  const finite = numbers.filter(Number.isFinite);
  const sizes = finite.filter((x) => x !== 0).map(Math.abs);
  const [least, most] = [sizes.reduce(smaller, Infinity), sizes.reduce(larger, 0)];
  const exponential =
    sizes.length > 0 && (most >= 1e6 || least < Math.fround(1e-4) || Math.fround(most / least) > 1000);
  const write = exponential ? scientific(finite) : positional;
  const parts = finite.map((x) => write(x).split(".") as [string, string]);
  const right = parts.map(([, fraction]) => fraction.length).reduce(larger, 0);
  const others = numbers.filter((x) => !Number.isFinite(x)).map((x) => named(x).length - right - 1);
  const before = [...parts.map(([whole]) => whole.length), ...others].reduce(larger, 0);
  return (x) => {
    if (!Number.isFinite(x)) return named(x).padStart(before + right + 1);
    const [whole, fraction] = write(x).split(".") as [string, string];
    return `${whole.padStart(before)}.${fraction.padEnd(right)}`;
  };
}

// Not Math.max(…numbers): there may be too many numbers for one call.
const larger = (a: number, b: number): number => Math.max(a, b);
const smaller = (a: number, b: number): number => Math.min(a, b);

const named = (x: number): string => (Number.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf");
const sign = (x: number): string => (x < 0 || Object.is(x, -0) ? "-" : "");

/** The fewest digits that identify the float32 number, as `d.ddde±x`. */
function shortest(x: number): string {
  for (let digits = 0; digits < 8; digits++) {
    if (Math.fround(Number(x.toExponential(digits))) === x) return exponential(x, digits);
  }
  return exponential(x, 8);
}

/** `toExponential`, but halves round to the even digit. */
function exponential(x: number, digits: number): string {
  const [exact, exponent] = x.toExponential(60).replace(".", "").split("e") as [string, string];
  const kept = exact.slice(0, digits + 1);
  const isMiddle = /^50*$/.test(exact.slice(digits + 1));
  if (!isMiddle || Number(kept.at(-1)) % 2 === 1) return x.toExponential(digits);
  return `${kept[0]}${digits > 0 ? "." : ""}${kept.slice(1)}e${exponent}`;
}

/** 0.5 is `0.5`, 2 is `2.`. */
function positional(x: number): string {
  const size = Math.abs(x);
  const [digits, exponent] = shortest(size).split("e") as [string, string];
  const places = Math.max(0, digits.replace(".", "").length - 1 - Number(exponent));
  // A float32 number times 10⁸ is exact in float64; halves round to even.
  const text =
    places > PRECISION
      ? (roundToEven(size * 10 ** PRECISION) / 10 ** PRECISION).toFixed(PRECISION)
      : size.toFixed(places);
  const [whole, fraction = ""] = text.split(".") as [string, string?];
  return `${sign(x)}${whole}.${fraction.replace(/0+$/, "")}`;
}

function roundToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** All with the digits and exponent width of the one that needs most. */
function scientific(numbers: readonly number[]): (x: number) => string {
  const split = (text: string) => text.split("e") as [digits: string, exponent: string];
  const all = numbers.map((x) => split(shortest(Math.abs(x))));
  const digits = all.map(([text]) => text.replace(".", "").length - 1).reduce(larger, 0);
  const width = all.map(([, exponent]) => exponent.length - 1).reduce(larger, 2);
  return (x) => {
    const [text, exponent] = split(exponential(Math.abs(x), digits));
    const point = digits === 0 ? "." : "";
    return `${sign(x)}${text}${point}e${exponent[0]}${exponent.slice(1).padStart(width, "0")}`;
  };
}

/** A heading and numbers: `Tensor [3]: [1. 2. 3.]`, several lines of numbers start below the heading. */
export function printTensor(name: string, shape: Shape, at: (index: number) => number): string {
  const numbers = printNumbers(shape, at);
  return `${name} ${show(shape)}${numbers.includes("\n") ? "\n" : " "}${numbers}`;
}
