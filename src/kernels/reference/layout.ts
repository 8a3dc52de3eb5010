import type { Axis } from "../kernels";
import { advance, sizeOf } from "./elementwise";

/** y[i₀, i₁, …] = x at the same indices, its axes taken in `order`. */
export function permute(x: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const newShape = order.map((axis) => shape[axis]!);
  const newSteps = order.map((axis) => steps[axis]!);
  const output = new Float32Array(x.length);
  const rank = order.length;
  const columns = newShape[rank - 1] ?? 1;
  const columnStep = newSteps[rank - 1] ?? 1;
  const index = new Array<number>(rank).fill(0);
  for (let start = 0; start < output.length; start += columns) {
    let offset = 0;
    for (let axis = 0; axis < rank - 1; axis++) offset += index[axis]! * newSteps[axis]!;
    if (columnStep === 1 && columns >= 32) output.set(x.subarray(offset, offset + columns), start);
    else for (let j = 0; j < columns; j++) output[start + j] = x[offset + j * columnStep]!;
    advance(index, newShape, rank - 2);
  }
  return output;
}

export function slice(x: Float32Array, { outer, size, inner }: Axis, start: number, length: number): Float32Array {
  const output = new Float32Array(outer * length * inner);
  for (let o = 0; o < outer; o++) {
    const from = (o * size + start) * inner;
    output.set(x.subarray(from, from + length * inner), o * length * inner);
  }
  return output;
}

export function place(target: Float32Array, { outer, size, inner }: Axis, start: number, x: Float32Array): void {
  const run = x.length / outer;
  for (let o = 0; o < outer; o++) target.set(x.subarray(o * run, (o + 1) * run), (o * size + start) * inner);
}

export function repeat(x: Float32Array, { outer, size, inner }: Axis): Float32Array {
  const output = new Float32Array(outer * size * inner);
  for (let o = 0; o < outer; o++) {
    const run = x.subarray(o * inner, (o + 1) * inner);
    for (let i = 0; i < size; i++) output.set(run, (o * size + i) * inner);
  }
  return output;
}

export function triangle(
  x: Float32Array,
  rows: number,
  columns: number,
  diagonal: number,
  side: "lower" | "upper",
): Float32Array {
  const output = new Float32Array(x.length);
  for (let start = 0, row = 0; start < x.length; start += columns, row = (row + 1) % rows) {
    // Keeps the columns up to and on the diagonal, or from it on.
    const [from, to] = side === "lower" ? [0, row + diagonal + 1] : [row + diagonal, columns];
    const [first, end] = [Math.max(from, 0), Math.min(to, columns)];
    if (first < end) output.set(x.subarray(start + first, start + end), start + first);
  }
  return output;
}
