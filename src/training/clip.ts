import { multiply, type Tensor } from "../tensor";
import { expectFinite, type ParameterGradients } from "./optimizer";

/** ‖g‖₂ over all gradients taken as one vector. */
export function gradientNorm(gradients: ParameterGradients): number {
  let squares = 0;
  for (const [, gradient] of gradients) for (const value of gradient.data) squares += value * value;
  return Math.sqrt(squares);
}

/**
 * Gradients scaled down together so that their norm is at most `maxNorm`: g · min(1, maxNorm / (‖g‖₂ + 10⁻⁶)).
 *
 * @returns the clipped gradients, and the norm as it was
 * @throws RangeError if maxNorm is not more than 0, or a gradient is not finite
 * @see Pascanu et al. 2013, On the difficulty of training recurrent neural networks (arXiv 1211.5063), section 3.2
 * @example
 * ```ts
 * import { clipGradients } from "transformer-blocks/training";
 * import { tensor } from "transformer-blocks";
 * const { gradients, norm } = clipGradients(new Map([["weight", tensor([3, 4])]]), { maxNorm: 1 });
 * norm;                              // 5
 * gradients.get("weight")?.toArray() // [0.5999999, 0.7999998]
 * ```
 */
export function clipGradients(
  gradients: ParameterGradients,
  { maxNorm }: { maxNorm: number },
): { gradients: Map<string, Tensor>; norm: number } {
  if (!(maxNorm > 0)) throw new RangeError(`clipGradients: maxNorm must be more than 0, not ${maxNorm}`);
  const given = new Map(gradients);
  expectFinite("clipGradients", given);
  const norm = gradientNorm(given);
  const factor = Math.min(1, maxNorm / (norm + 1e-6));
  return { gradients: factor === 1 ? given : scaled(given, factor), norm };
}

/** Every gradient times a number. */
export function scaled(gradients: ReadonlyMap<string, Tensor>, factor: number): Map<string, Tensor> {
  return new Map([...gradients].map(([path, gradient]) => [path, multiply(gradient, factor)]));
}
