/**
 * The error function, to float64 precision.
 *
 * erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!: every term has the sign of x, so nothing cancels.
 *
 * @see NIST Digital Library of Mathematical Functions, 7.6.2
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x); // 1 − erf(6) is 2e-17, below float64's resolution at 1
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/**
 * 1 − erf(x) without cancellation: above 2 by the continued fraction e^(−x²) / √π · 1 / (x + ½ / (x + 1 / (x + ³⁄₂ / (x
 * + …)))).
 *
 * @see NIST Digital Library of Mathematical Functions, 7.9.4
 */
export function complementaryErf(x: number): number {
  if (!(x > 2)) return 1 - erf(x);
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
