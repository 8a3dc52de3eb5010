/**
 * The places and weights of Gauss and Legendre's rule on [0, 1]: Σ w f(x) is the integral of every polynomial of degree
 * 2 n − 1.
 *
 * @see Press et al. 2007, Numerical Recipes, section 4.6
 */
export function gaussLegendre(n: number): { place: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    // Newton's method, from an approximation of the i-th root of the Legendre polynomial.
    let z = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 100; step++) {
      const { value, before } = legendre(n, z);
      slope = (n * (z * value - before)) / (z * z - 1);
      const change = value / slope;
      z -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    return { place: (1 - z) / 2, weight: 1 / ((1 - z * z) * slope * slope) };
  });
}

/** Pₙ(z) and Pₙ₋₁(z). */
function legendre(n: number, z: number): { value: number; before: number } {
  let [value, before] = [1, 0];
  for (let k = 0; k < n; k++) [value, before] = [((2 * k + 1) * z * value - k * before) / (k + 1), value];
  return { value, before };
}
