import {
  add,
  concatenate,
  exp,
  type HeadShape,
  matmul,
  multiply,
  slice,
  subtract,
  type Tensor,
  transpose,
  zeros,
} from "../tensor";

/** Queries, keys and values by heads [batch, heads, seq, size]; decay and step [batch, heads, seq, 1]. */
export interface DeltaInputs {
  queries: Tensor<HeadShape>;
  keys: Tensor<HeadShape>;
  values: Tensor<HeadShape>;
  /** The logarithm of what the state is multiplied by at each position. */
  decay: Tensor<HeadShape>;
  /** How much of the difference is corrected, 0 to 1. */
  step: Tensor<HeadShape>;
}

/**
 * Sₜ = αₜ Sₜ₋₁ + kₜ (βₜ (vₜ − (αₜ Sₜ₋₁)ᵀ kₜ))ᵀ and yₜ = Sₜᵀ qₜ, with α = exp(decay) and β = step: a memory of keys and values
 * that forgets by α, and in which each key is corrected towards its value by β.
 *
 * @param state [batch, heads, keySize, valueSize]; zeros if omitted
 * @returns y [batch, heads, seq, valueSize], and the last state
 * @see Yang et al. 2024, Gated Delta Networks (arXiv 2412.06464), equation 10
 */
export function gatedDeltaRule(inputs: DeltaInputs, state?: Tensor): { outputs: Tensor; state: Tensor } {
  const { queries, keys, values } = inputs;
  const [batch, heads, seq, keySize] = keys.shape;
  const kept: Tensor = exp(inputs.decay);
  let memory: Tensor = state ?? zeros([batch, heads, keySize, values.shape[3]]);
  const outputs: Tensor[] = [];
  for (let t = 0; t < seq; t++) {
    const at = (x: Tensor): Tensor => slice(x, { axis: 2, start: t, end: t + 1 }); // [batch, heads, 1, size]
    const key = at(keys);
    memory = multiply(memory, at(kept));
    const difference: Tensor = subtract(at(values), matmul(key, memory) as Tensor);
    const correction: Tensor = multiply(difference, at(inputs.step));
    memory = add(memory, matmul(transpose(key) as Tensor, correction) as Tensor);
    outputs.push(matmul(at(queries), memory) as Tensor);
  }
  return { outputs: concatenate(outputs, { axis: 2 }), state: memory };
}
