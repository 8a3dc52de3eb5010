import { type Checks, checkOptions, numberIn } from "../checks";
import { kernels } from "../kernels";
import { magnitude } from "../kernels/internal";
import { knownAs } from "../synonyms";
import { multiply, Tensor } from "../tensor";
import { Gradients } from "../tensor/internal";
import { expectFinite, expectFiniteAnywhere, expectGradients, scaled } from "./gradients";
import type { ParameterGradients } from "./optimizer";

/** Options of `clipGradients`. */
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
  return norm(magnitudes(expectGradients("gradientNorm", gradients)).map(({ data }) => data));
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
  const length = gradientNorm(given);
  // A norm is finite if and only if all gradients are: squares of float32 numbers do not overflow float64.
  if (!Number.isFinite(length)) expectFinite("clipGradients", given);
  const factor = factorOf(length, options.maxNorm);
  if (gradients instanceof Gradients)
    return {
      gradients: factor === 1 ? gradients : gradients.map((gradient) => multiply(gradient, factor)),
      norm: length,
    };
  return { gradients: factor === 1 ? given : scaled(given, factor), norm: length };
}

/** The gradients with their norm, clipped if a limit is given. @throws RangeError if one is not finite */
export async function clippedTo(
  clip: number | undefined,
  gradients: Map<string, Tensor>,
): Promise<{ gradients: Map<string, Tensor>; norm: number }> {
  const length = norm(await Promise.all(magnitudes(gradients).map((part) => part.read())));
  if (!Number.isFinite(length)) await expectFiniteAnywhere(clip === undefined ? "train" : "clipGradients", gradients);
  const factor = clip === undefined ? 1 : factorOf(length, clip);
  return { gradients: factor === 1 ? gradients : scaled(gradients, factor), norm: length };
}

const factorOf = (length: number, maxNorm: number): number => Math.min(1, maxNorm / (length + 1e-6));

/** The norm of each gradient, in three numbers. */
const magnitudes = (gradients: ReadonlyMap<string, Tensor>): Tensor[] =>
  Array.from(gradients.values(), ({ buffer }) => new Tensor([3], kernels().run(magnitude, buffer)));

const norm = (parts: readonly Float32Array[]): number =>
  Math.sqrt(parts.reduce((sum, [high, low, exponent]) => sum + ((high! + low!) * 2 ** exponent!) ** 2, 0));
