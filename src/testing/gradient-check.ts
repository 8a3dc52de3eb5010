import {
  arrayOf,
  type Check,
  type Checks,
  checkOptions,
  expectFunction,
  having,
  instanceOf,
  numberIn,
  wholeIn,
} from "../checks";
import { referenceKernels, withKernels } from "../kernels";
import { type Gradients, grad, type HasParameters, multiply, random, sum, Tensor } from "../tensor";
import { indexOf, maxDifference } from "./comparisons";
import { bestQuotient, FIRST_STEP, quotient } from "./difference-quotient";

type Inputs = HasParameters | readonly Tensor[];

/** Options of `checkGradients`. */
export interface GradientCheckOptions {
  /**
   * The distance h between points of the differences, before a factor of max(1, |x|), for all elements; chosen for each
   * element if omitted.
   */
  step?: number | undefined;
  /** Check at most this many elements of each tensor, drawn by the seed; all if omitted. */
  elements?: number | undefined;
  /** Draws the weights of the outputs, and the elements if not all are checked; 0 if omitted. */
  seed?: number | undefined;
}

const checks: Checks<GradientCheckOptions> = {
  step: numberIn({ above: 0 }),
  elements: wholeIn({ least: 1 }),
  seed: wholeIn({ least: 0 }),
};

const INPUTS = "a module or an array of tensors";
const expectModel: Check = having(["parameters"], INPUTS);
const expectInputs: Check = arrayOf(instanceOf(Tensor, "a Tensor"), INPUTS);

/** The element whose two gradients differ most. */
export interface WorstElement {
  /** The parameter's path, or the index in the list of inputs as a string. */
  input: string;
  /** One index for each axis. */
  index: number[];
  analytic: number;
  numeric: number;
}

/** What `checkGradients` found. */
export interface GradientCheck {
  /** 0 if there was nothing to check, Infinity if a gradient is not finite. */
  maxRelativeError: number;
  worst: WorstElement | undefined;
  /** The number of elements compared. */
  checked: number;
}

/**
 * Compares exact gradients with central differences, for a function of tensors or for a loss over a model's parameters.
 *
 * Both are gradients of Σ wᵢ yᵢ over the outputs y, with fixed weights w between 1/2 and 3/2, summed in float64; the
 * differences use six points around x, (45 Δ₁ − 9 Δ₂ + Δ₃) / 60h with Δₖ = L(x + kh) − L(x − kh), with an error of
 * order h⁶. For each element, h is the one of several steps between 2⁻³ and 2⁻¹⁵ whose differences are least uncertain:
 * outputs rounded to float32 have a noise of 2⁻²⁴ ‖w y‖ / h, which hides small gradients where h is small, and
 * differences of higher order show where f curves strongly or has kinks, as relu does, near x. The relative error of an
 * element is
 *
 *   |analytic − numeric| / max(|analytic|, |numeric|, largest / 10, 10⁴ · uncertainty)
 *
 * where `largest` is the largest numeric gradient found: much smaller elements are checked by absolute error. So return
 * unreduced outputs (a loss for each token) rather than their mean. A right gradient has an error below 10⁻⁴, that of a
 * deep network with many kinks below 3 · 10⁻⁴. At a kink, every slope between those of its sides is right.
 *
 * The inputs are changed in place while it runs and restored at the end, even if f throws. f must return the same output
 * for the same inputs.
 *
 * @throws RangeError if step or elements is not positive; TypeError if f does not return a Tensor; Error if two calls
 * of f differ
 * @see Fornberg 1988, Generation of Finite Difference Formulas on Arbitrarily Spaced Grids, table 1
 * @example
 * ```ts
 * import { softmax, tensor } from "transformer-blocks";
 * import { checkGradients } from "transformer-blocks/testing";
 * checkGradients((x) => softmax(x), [tensor([[1, 2, 3]])]).maxRelativeError < 1e-4; // true
 * ```
 */
export function checkGradients<const Inputs extends readonly Tensor[]>(
  f: (...inputs: Inputs) => Tensor,
  inputs: Inputs,
  options?: GradientCheckOptions,
): GradientCheck;
export function checkGradients(loss: () => Tensor, model: HasParameters, options?: GradientCheckOptions): GradientCheck;
export function checkGradients(
  f: (...inputs: readonly Tensor[]) => Tensor,
  over: Inputs,
  options: GradientCheckOptions = {},
): GradientCheck {
  expectFunction("checkGradients", "f", f);
  (Array.isArray(over) ? expectInputs : expectModel)("checkGradients", "inputs", over);
  checkOptions("checkGradients", options, checks);
  const { step, elements = Number.POSITIVE_INFINITY, seed = 0 } = options;
  const call = "parameters" in over ? () => f() : () => f(...over);
  const output = call();
  if (!(output instanceof Tensor)) throw new TypeError("checkGradients: f must return a Tensor");
  const weight = outputWeights(output, seed);
  const gradients = exactGradients(call, over, weight, output);
  // Kernels that sum in float64: the rounding of float32 sums, divided by h, would hide the gradient.
  const loss = () => withKernels(referenceKernels, () => weighted(call(), weight).reduce((sum, each) => sum + each, 0));
  const noise = 2 ** -24 * Math.hypot(...weighted(output, weight));
  const center = loss();

  const found: Compared[] = [];
  let [largest, first] = [0, FIRST_STEP];
  for (const [input, x] of tensorsOf(over)) {
    const analytic = gradients.get(x).data;
    for (const at of chosen(x.size, elements, seed, input)) {
      const line = { values: x.data, at, loss, center, noise };
      const numeric = step === undefined ? bestQuotient(line, first, 4e-5, largest / 10) : quotient(line, step);
      [largest, first] = [Math.max(largest, Math.abs(numeric.value)), numeric.step];
      const element = { input, index: indexOf(at, x.shape), analytic: analytic[at]!, numeric: numeric.value };
      found.push({ element, uncertainty: numeric.uncertainty });
    }
  }
  return worstOf(found, largest);
}

/** An element, and how far its numeric gradient may be off. */
interface Compared {
  element: WorstElement;
  uncertainty: number;
}

const tensorsOf = (over: Inputs): ReadonlyMap<string, Tensor> =>
  "parameters" in over ? over.parameters() : new Map(over.map((tensor, i) => [String(i), tensor]));

/** Between 1/2 and 3/2, so that no output is lost and none cancels another. */
function outputWeights(output: Tensor, seed: number): Tensor {
  const weights = random(seed).stream("weights").uniform(output.size);
  return new Tensor(
    output.shape,
    weights.map((u) => u + 0.5),
  );
}

/** The gradients of Σ w y. The output y must be the same as before. */
function exactGradients(call: () => Tensor, over: Inputs, weight: Tensor, output: Tensor): Gradients {
  // Not while gradients are recorded: gradients that f takes are then made of other operations, and round otherwise.
  if (maxDifference(output, call()) !== 0)
    throw new Error(
      "checkGradients: two calls of f with the same inputs differ; create its random numbers from the same seed in every call",
    );
  const loss = () => sum(multiply<readonly number[], readonly number[]>(call(), weight));
  // The differences show whether zeros are right.
  return grad(over, loss, { allowUnused: true });
}

/** The terms wᵢ yᵢ of the loss, in float64. */
const weighted = (output: Tensor, weight: Tensor): number[] =>
  Array.from(output.data, (value, i) => value * weight.data[i]!);

/** The elements to check: all, or `wanted` of them drawn without repetition. */
function chosen(size: number, wanted: number, seed: number, input: string): number[] {
  const places = Array.from({ length: size }, (_, i) => i);
  if (wanted >= size) return places;
  const stream = random(seed).stream(input);
  for (let i = 0; i < wanted; i++) {
    const other = i + stream.integer(size - i);
    [places[i], places[other]] = [places[other]!, places[i]!];
  }
  return places.slice(0, wanted);
}

function worstOf(found: readonly Compared[], largest: number): GradientCheck {
  let maxRelativeError = 0;
  let worst = found[0]?.element;
  for (const { element, uncertainty } of found) {
    const error = relativeError(element, Math.max(largest / 10, 1e4 * uncertainty));
    if (error > maxRelativeError) {
      maxRelativeError = error;
      worst = element;
    }
  }
  return { maxRelativeError, worst, checked: found.length };
}

function relativeError({ analytic, numeric }: WorstElement, floor: number): number {
  if (!Number.isFinite(analytic) || !Number.isFinite(numeric)) return Number.POSITIVE_INFINITY;
  if (analytic === numeric) return 0;
  return Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), Math.abs(numeric), floor);
}
