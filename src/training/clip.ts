import { type Checks, checkOptions, numberIn } from "../checks";
import { knownAs } from "../synonyms";
import { multiply, type Tensor } from "../tensor";
import { Gradients } from "../tensor/internal";
import { expectFinite, expectGradients, scaled } from "./gradients";
import type { ParameterGradients } from "./optimizer";

export interface ClipOptions {
  /** The largest norm that is left unchanged. */
  maxNorm: number;
}

const checks: Checks<ClipOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["maxNorm clip maxGradNorm"],
  },
  { maxNorm: numberIn({ above: 0 }) },
);

/** ‖g‖₂ of all gradients as one vector. @throws TypeError unless they are gradients by path */
export function gradientNorm(gradients: ParameterGradients): number {
  return norm(expectGradients("gradientNorm", gradients));
}

/**
 * Gradients scaled down together so that their norm is at most `maxNorm`: g · min(1, maxNorm / (‖g‖₂ + 10⁻⁶)).
 *
 * @returns the clipped gradients, and the norm before clipping
 * @throws RangeError if maxNorm is not more than 0, or a gradient is not finite; TypeError unless they are gradients by
 * path
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
export function clipGradients(gradients: Gradients, options: ClipOptions): { gradients: Gradients; norm: number };
export function clipGradients(
  gradients: ParameterGradients,
  options: ClipOptions,
): { gradients: Map<string, Tensor>; norm: number };
export function clipGradients(
  gradients: ParameterGradients,
  options: ClipOptions,
): { gradients: Gradients | Map<string, Tensor>; norm: number } {
  checkOptions("clipGradients", options, checks, ["maxNorm"]);
  const given = expectGradients("clipGradients", gradients);
  const length = norm(given);
  // A norm is finite if and only if all gradients are: squares of float32 numbers do not overflow float64.
  if (!Number.isFinite(length)) expectFinite("clipGradients", given);
  const factor = Math.min(1, options.maxNorm / (length + 1e-6));
  if (gradients instanceof Gradients)
    return {
      gradients: factor === 1 ? gradients : gradients.map((gradient) => multiply(gradient, factor)),
      norm: length,
    };
  return { gradients: factor === 1 ? given : scaled(given, factor), norm: length };
}

function norm(gradients: ReadonlyMap<string, Tensor>): number {
  let squares = 0;
  for (const gradient of gradients.values()) for (const value of gradient.data) squares += value * value;
  return Math.sqrt(squares);
}
