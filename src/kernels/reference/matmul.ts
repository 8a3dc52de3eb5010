import type { Buffer, MatmulSpec } from "../kernels";

/** C[i, j] = Σₚ A[i, p] · B[p, j], for each pair of matrices of the batch. */
export function matmul(a: Buffer, b: Buffer, spec: MatmulSpec): Buffer {
  const { m, k, n, transposeA, transposeB, batchA, batchB } = spec;
  const output = new Float32Array(batchA.length * m * n);
  for (let batch = 0; batch < batchA.length; batch++) {
    // Rows of A by rows of Bᵀ: both are then read in order, which is three times as fast as in strides.
    const left = matrix(a, batchA[batch]!, m, k, transposeA);
    const right = matrix(b, batchB[batch]!, n, k, !transposeB);
    multiply(left, right, output.subarray(batch * m * n, (batch + 1) * m * n), k, n);
  }
  return output;
}

/** Matrix `index` of a buffer as [rows, columns]; `transposed` says that it lies as [columns, rows]. */
function matrix(x: Buffer, index: number, rows: number, columns: number, transposed: boolean): Buffer {
  const lying = x.subarray(index * rows * columns, (index + 1) * rows * columns);
  if (!transposed) return lying;
  const output = new Float32Array(lying.length);
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) output[row * columns + column] = lying[column * rows + row]!;
  return output;
}

/** output[i, j] = left[i] · right[j], for rows of k numbers. */
function multiply(left: Buffer, right: Buffer, output: Buffer, k: number, n: number): void {
  for (let at = 0; at < output.length; at += n) {
    const row = (at / n) * k;
    let j = 0;
    // Four columns at once: a single chain of float64 additions waits for each sum (1.1 against 2.9 GFLOP/s).
    for (; j + 4 <= n; j += 4) {
      const [b0, b1, b2, b3] = [j * k, (j + 1) * k, (j + 2) * k, (j + 3) * k];
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let p = 0; p < k; p++) {
        const x = left[row + p]!;
        s0 += x * right[b0 + p]!;
        s1 += x * right[b1 + p]!;
        s2 += x * right[b2 + p]!;
        s3 += x * right[b3 + p]!;
      }
      output[at + j] = s0;
      output[at + j + 1] = s1;
      output[at + j + 2] = s2;
      output[at + j + 3] = s3;
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += left[row + p]! * right[j * k + p]!;
      output[at + j] = sum;
    }
  }
}
