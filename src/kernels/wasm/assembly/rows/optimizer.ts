import { loadFirst, storeFirst } from "../simd/lanes";
import { fma } from "../simd/simd";

/**
 * One AdamW step in place on parameter, first, second and gradient, for elements from ≤ i < to:
 * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − (decay · θ + rate · m / (√v · inverseRoot + ε)).
 *
 * The update is subtracted as one sum: 1 − decay is so close to 1 that float32 would lose most of the decay.
 *
 * @param rate η / (1 − β₁ᵗ)
 * @param inverseRoot 1 / √(1 − β₂ᵗ)
 * @param decay η λ
 */
export function adamW(
  parameter: usize,
  gradient: usize,
  first: usize,
  second: usize,
  rate: f64,
  beta1: f64,
  beta2: f64,
  inverseRoot: f64,
  epsilon: f64,
  decay: f64,
  from: i32,
  to: i32,
): void {
  parameter += <usize>from << 2;
  gradient += <usize>from << 2;
  first += <usize>from << 2;
  second += <usize>from << 2;
  const keep1 = f32x4.splat(<f32>beta1);
  const keep2 = f32x4.splat(<f32>beta2);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const take2 = f32x4.splat(<f32>(1 - beta2));
  const rates = f32x4.splat(<f32>rate);
  const roots = f32x4.splat(<f32>inverseRoot);
  const epsilons = f32x4.splat(<f32>epsilon);
  const decays = f32x4.splat(<f32>decay);
  let left = to - from;
  if (left > 0) {
    do {
      const g = loadFirst(gradient, left);
      const m = fma(keep1, loadFirst(first, left), f32x4.mul(take1, g));
      const v = fma(keep2, loadFirst(second, left), f32x4.mul(f32x4.mul(take2, g), g));
      const theta = loadFirst(parameter, left);
      const update = f32x4.div(f32x4.mul(rates, m), fma(f32x4.sqrt(v), roots, epsilons));
      storeFirst(first, m, left);
      storeFirst(second, v, left);
      storeFirst(parameter, f32x4.sub(theta, fma(decays, theta, update)), left);
      parameter += 16;
      gradient += 16;
      first += 16;
      second += 16;
      left -= 4;
    } while (left > 0);
  }
}
