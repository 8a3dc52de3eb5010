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
import { maxDifference } from "./comparisons";
import { differenceQuotient } from "./difference-quotient";

type Inputs = HasParameters | readonly Tensor[];

export interface GradientCheckOptions {
  /** The distance h between points of the differences, before a factor of max(1, |x|); 2⁻⁵ if omitted. */
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
 * order h⁶. The relative error of an element is
 *
 *   |analytic − numeric| / max(|analytic|, |numeric|, largest / 10, 10⁴ · 2⁻²⁴ ‖w y‖ / h)
 *
 * where `largest` is the largest numeric gradient found: much smaller elements are checked by absolute error. The last
 * term is the noise of outputs rounded to float32, which hides smaller gradients. So return unreduced outputs (a loss
 * for each token) rather than their mean.
 *
 * The inputs are changed in place while it runs and restored at the end, even if f throws. f must be smooth within 3 h
 * of its inputs (no kink of relu there; halve the step if f curves strongly) and must return the same output for the
 * same inputs.
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
  const { step = 2 ** -5, elements = Number.POSITIVE_INFINITY, seed = 0 } = options;
  const call = "parameters" in over ? () => f() : () => f(...over);
  const output = call();
  if (!(output instanceof Tensor)) throw new TypeError("checkGradients: f must return a Tensor");
  const weight = outputWeights(output, seed);
  const gradients = exactGradients(call, over, weight, output);
  const loss = () => call().data.reduce((total, value, i) => total + value * weight.data[i]!, 0);

  const found: WorstElement[] = [];
  for (const [input, x] of tensorsOf(over)) {
    const analytic = gradients.get(x).data;
    for (const at of chosen(x.size, elements, seed, input)) {
      const h = step * Math.max(1, Math.abs(x.data[at]!));
      // Kernels that sum in float64: the rounding of float32 sums, divided by h, would hide the gradient.
      const numeric = withKernels(referenceKernels, () => differenceQuotient(x.data, at, h, loss));
      found.push({ input, index: indexOf(at, x.shape), analytic: analytic[at]!, numeric });
    }
  }
  return worstOf(found, resolution(output, weight, step));
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

/** The gradient that differences of float32 outputs cannot distinguish from 0, times 10⁴: 10⁴ · 2⁻²⁴ ‖w y‖ / h. */
function resolution(output: Tensor, weight: Tensor, step: number): number {
  const squares = output.data.reduce((total, value, i) => total + (value * weight.data[i]!) ** 2, 0);
  return (1e4 * 2 ** -24 * Math.sqrt(squares)) / step;
}

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

function indexOf(at: number, shape: readonly number[]): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .toReversed();
}

function worstOf(found: readonly WorstElement[], resolution: number): GradientCheck {
  const largest = found.reduce((most, { numeric }) => Math.max(most, Math.abs(numeric)), 0);
  let maxRelativeError = 0;
  let worst = found[0];
  for (const element of found) {
    const error = relativeError(element, Math.max(largest / 10, resolution));
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
