import type { Axis, Buffer, Primitive } from "../kernels";

export function place(target: Float32Array, { outer, size, inner }: Axis, start: number, x: Float32Array): void {
  const run = x.length / outer;
  for (let o = 0; o < outer; o++) target.set(x.subarray(o * run, (o + 1) * run), (o * size + start) * inner);
}

/** Parts [outer, sizeᵢ, inner] after one another along their axis. */
export const join: Primitive<[parts: readonly Buffer[], outer: number], Buffer> = {
  name: "join",
  reference: (parts: readonly Float32Array[], outer) => {
    const size = parts.reduce((total, part) => total + part.length, 0);
    const output = new Float32Array(size);
    let start = 0;
    for (const part of parts) {
      const run = part.length / outer;
      for (let o = 0; o < outer; o++) copyRun(part, o * run, run, output, (o * size) / outer + start);
      start += run;
    }
    return output;
  },
};

/** A short run is copied faster number by number. */
function copyRun(from: Float32Array, start: number, length: number, to: Float32Array, place: number): void {
  if (length >= 32) to.set(from.subarray(start, start + length), place);
  else for (let i = 0; i < length; i++) to[place + i] = from[start + i]!;
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
