import type { AdamWSpec } from "../kernels";

/**
 * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − η λ θ − η m̂ / (√v̂ + ε),
 * with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
 *
 * @see Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization (arXiv 1711.05101), algorithm 2
 */
export function adamW(
  parameter: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  spec: AdamWSpec,
): Float32Array {
  const { learningRate, betas, epsilon, weightDecay, step } = spec;
  const [beta1, beta2] = betas;
  const firstCorrection = 1 - beta1 ** step;
  const secondCorrection = 1 - beta2 ** step;
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    const update = first[i]! / firstCorrection / (Math.sqrt(second[i]! / secondCorrection) + epsilon);
    parameter[i] = parameter[i]! * (1 - learningRate * weightDecay) - learningRate * update;
  }
  return parameter;
}
