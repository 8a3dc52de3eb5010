import type { Axis, Buffer, IndexBuffer, Primitive } from "../kernels";
import { forEachRow } from "./elementwise";

/** y[o, p, i] = x[o, places[p], i], of the shape [outer, places, inner]. */
export const take: Primitive<[x: Buffer, axis: Axis, places: IndexBuffer], Buffer> = {
  name: "take",
  reference: (x: Float32Array, { outer, size, inner }, places: Int32Array) => {
    const count = places.length;
    const output = new Float32Array(outer * count * inner);
    for (let o = 0; o < outer; o++)
      for (let p = 0; p < count; p++) {
        const from = (o * size + places[p]!) * inner;
        const to = (o * count + p) * inner;
        if (inner < 16) for (let i = 0; i < inner; i++) output[to + i] = x[from + i]!;
        else output.set(x.subarray(from, from + inner), to);
      }
    return output;
  },
};

/** y[o, places[p], i] = Σ x[o, p, i] over the p with that place, of the shape [outer, size, inner]: the gradient of `take`. */
export const put: Primitive<[x: Buffer, axis: Axis, places: IndexBuffer], Buffer> = {
  name: "put",
  reference: (x: Float32Array, axis, places: Int32Array) => {
    const length = axis.outer * axis.size * axis.inner;
    if (4 * x.length < length) return putFew(x, axis, places, length);
    const sums = new Float64Array(length);
    forEachPut(axis, places, (from, to) => {
      for (let i = 0; i < axis.inner; i++) sums[to + i]! += x[from + i]!;
    });
    return new Float32Array(sums);
  },
};

/** Float64 sums only of the elements that occur: a row of classes may be long, with one element that is not 0. */
function putFew(x: Float32Array, axis: Axis, places: Int32Array, length: number): Float32Array {
  const sums = new Map<number, number>();
  forEachPut(axis, places, (from, to) => {
    for (let i = 0; i < axis.inner; i++) sums.set(to + i, (sums.get(to + i) ?? 0) + x[from + i]!);
  });
  const output = new Float32Array(length);
  for (const [at, sum] of sums) output[at] = sum;
  return output;
}

function forEachPut({ outer, size, inner }: Axis, places: Int32Array, visit: (from: number, to: number) => void): void {
  const count = places.length;
  for (let o = 0; o < outer; o++)
    for (let p = 0; p < count; p++) visit((o * count + p) * inner, (o * size + places[p]!) * inner);
}

/**
 * The places among all elements of places along an axis, in a contiguous tensor of that step along it. `beside` are the
 * steps of its other axes, 0 for this one; `within` is the shape of the places.
 */
export const flatten: Primitive<
  [places: IndexBuffer, within: readonly number[], beside: readonly number[], along: number],
  IndexBuffer
> = {
  name: "flatten",
  reference: (places: Int32Array, within, beside, along) => {
    const flat = new Int32Array(places.length);
    forEachRow(within, [beside], (start, columns, [offset], [step]) => {
      for (let j = 0; j < columns; j++) flat[start + j] = offset! + j * step! + places[start + j]! * along;
    });
    return flat;
  },
};

/**
 * The place along the axis of each line's greatest number, or of its smallest; of equal ones the first. NaN comes before
 * all others.
 */
export const extreme: Primitive<[x: Buffer, axis: Axis, which: "greatest" | "smallest"], IndexBuffer> = {
  name: "extreme",
  reference: (x: Float32Array, { outer, size, inner }, which) => {
    const places = new Int32Array(outer * inner);
    const sign = which === "greatest" ? 1 : -1;
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        const start = o * size * inner + i;
        let best = sign * x[start]!;
        for (let j = 1; j < size && !Number.isNaN(best); j++) {
          const value = sign * x[start + j * inner]!;
          if (value <= best) continue;
          best = value;
          places[o * inner + i] = j;
        }
      }
    return places;
  },
};
