/** Coefficients of Δ₁, Δ₂, Δ₃. */
const CENTRAL = [45 / 60, -9 / 60, 1 / 60] as const;

/**
 * The derivative of `loss` by element `at` of `values`, from six points h apart: (45 Δ₁ − 9 Δ₂ + Δ₃) / 60h. The element
 * is changed in place and restored, even if `loss` throws.
 */
export function differenceQuotient(values: Float32Array, at: number, h: number, loss: () => number): number {
  const original = values[at]!;
  const lossAt = (x: number) => {
    values[at] = x;
    return loss();
  };
  try {
    return CENTRAL.reduce(
      (total, coefficient, i) =>
        total + (coefficient * (lossAt(original + (i + 1) * h) - lossAt(original - (i + 1) * h))) / h,
      0,
    );
  } finally {
    values[at] = original;
  }
}
