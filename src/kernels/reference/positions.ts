import type { RotarySpec } from "../kernels";

export function gatherRows(weight: Float32Array, ids: Int32Array, size: number): Float32Array {
  const output = new Float32Array(ids.length * size);
  ids.forEach((id, row) => {
    output.set(weight.subarray(id * size, (id + 1) * size), row * size);
  });
  return output;
}

export function scatterRows(gradient: Float32Array, ids: Int32Array, rows: number, size: number): Float32Array {
  const output = new Float32Array(rows * size);
  // Float64 sums only for the rows that occur, not for the whole table.
  const sums = new Map<number, Float64Array>();
  ids.forEach((id, row) => {
    const sum = sums.get(id) ?? new Float64Array(size);
    for (let i = 0; i < size; i++) sum[i]! += gradient[row * size + i]!;
    sums.set(id, sum);
  });
  for (const [id, sum] of sums) output.set(sum, id * size);
  return output;
}

/** (a, b) → (a cos θ − b sin θ, b cos θ + a sin θ) for every pair of every head. */
export function rotary(
  x: Float32Array,
  cosines: Float32Array,
  sines: Float32Array,
  spec: RotarySpec,
  inverse: boolean,
): Float32Array {
  const { rows, heads, headDim, dimensions, interleaved } = spec;
  const output = x.slice();
  const half = dimensions / 2;
  for (let vector = 0; vector < rows * heads; vector++) {
    const angles = Math.floor(vector / heads) * half;
    for (let i = 0; i < half; i++) {
      const first = vector * headDim + (interleaved ? 2 * i : i);
      const second = first + (interleaved ? 1 : half);
      const cosine = cosines[angles + i]!;
      const sine = inverse ? -sines[angles + i]! : sines[angles + i]!;
      output[first] = x[first]! * cosine - x[second]! * sine;
      output[second] = x[second]! * cosine + x[first]! * sine;
    }
  }
  return output;
}
