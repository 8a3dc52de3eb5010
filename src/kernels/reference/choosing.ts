import type { Axis, Buffer, Primitive } from "../kernels";

/** y[o, p, i] = x[o, places[p], i], of the shape [outer, places, inner]. */
export const take: Primitive<[x: Buffer, axis: Axis, places: Int32Array], Buffer> = {
  name: "take",
  reference: (x, { outer, size, inner }, places) => {
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
export const put: Primitive<[x: Buffer, axis: Axis, places: Int32Array], Buffer> = {
  name: "put",
  reference: (x, axis, places) => {
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
function putFew(x: Buffer, axis: Axis, places: Int32Array, length: number): Buffer {
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
 * The place along the axis of each line's greatest number, or of its smallest; of equal ones the first. NaN comes before
 * all others.
 */
export const extreme: Primitive<[x: Buffer, axis: Axis, which: "greatest" | "smallest"], Int32Array> = {
  name: "extreme",
  reference: (x, { outer, size, inner }, which) => {
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
