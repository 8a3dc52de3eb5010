import { multiply, type Tensor, tensor } from "../tensor";
import type { Pass, Sequence } from "./pass";

/**
 * x with zeros in place of padding, for modules that mix positions without a mask of scores. The mask counts as [batch][key] only; its last
 * `seq` keys are the positions of x.
 */
export function withoutPadding(x: Tensor<Sequence>, { mask }: Pass): Tensor<Sequence> {
  if (!Array.isArray(mask)) return x;
  const [batch, seq] = x.shape;
  const kept = mask.map((row) => row.slice(-seq));
  if (kept.every((row) => row.every((one) => one === 1))) return x;
  return multiply(x, tensor(kept.map((row) => row.map((one) => [one])))) as Tensor<Sequence>;
}
