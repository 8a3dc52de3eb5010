import { type Checks, checkOptions, describe, expectBoolean, wrongKind } from "../checks";
import { ShapeError } from "../errors";
import { gradientOf } from "./gradients";
import { ones } from "./make";
import { countsNothing, type Mean, meansOf } from "./means";
import { Gradients } from "./named-gradients";
import { add } from "./operations/elementwise";
import type { Parameter } from "./parameter";
import { recordOnto, type Step, Tape } from "./record";
import { show } from "./shape";
import { Tensor } from "./tensor";

export type { Gradients } from "./named-gradients";

/** Anything with parameters: a model, a block. */
export interface HasParameters {
  parameters(): Map<string, Parameter>;
}

/** What gradients are taken over: all parameters of a model, or a list of tensors. */
export type Over = HasParameters | readonly Tensor[];

export interface GradientOptions {
  /**
   * Return zeros, instead of throwing, if the value depends on nothing that it is differentiated by; false if omitted.
   */
  allowUnused?: boolean | undefined;
}

const checks: Checks<GradientOptions> = { allowUnused: expectBoolean };

/**
 * The value of f and its gradients over a model's parameters or a list of tensors, by reverse accumulation. Only
 * operations inside f are recorded: a tensor computed before the call is a constant. The value must depend on at least
 * one of the tensors; the others get gradients of zeros.
 *
 * @throws TypeError if f returns no Tensor, or a parameter is quantized; ShapeError if f does not return a single
 * number; RangeError if the value depends on none of the tensors
 * @see Baydin et al. 2018, Automatic Differentiation in Machine Learning: a Survey (arXiv 1502.05767), section 3.2
 * @example
 * ```ts
 * import { multiply, sum, tensor, valueAndGradients } from "transformer-blocks";
 * const x = tensor([1, 2, 3]);
 * const { value, gradients } = valueAndGradients([x], () => sum(multiply(x, x)));
 * value.item();               // 14
 * gradients.get(x).toArray(); // [2, 4, 6]
 * ```
 */
export function valueAndGradients(
  over: Over,
  f: () => Tensor,
  options: GradientOptions = {},
): { value: Tensor; gradients: Gradients } {
  return taken("valueAndGradients", over, f, options);
}

function taken(where: string, over: Over, f: () => Tensor, options: GradientOptions) {
  checkOptions(where, options, checks);
  const found = recorded(where, over, f);
  const gradients = found.gradients();
  if (!options.allowUnused && gradients.over().size > 0 && !found.depends)
    throw new RangeError(
      `${where}: the value of f depends on nothing that it is differentiated by; compute it inside f, from the tensors and not from their data, or pass { allowUnused: true } for zeros`,
    );
  return { value: found.value, gradients };
}

/** A computed value whose gradients can still be computed. */
export interface Recorded {
  value: Tensor;
  /** Whether the value depends on anything that is differentiated by. */
  depends: boolean;
  /** The means that the value is the sum of. Call it before `gradients`. @see meansOf */
  means(): Promise<readonly Mean[] | undefined>;
  /** Whether all targets of the loss are ignored. Call it before `gradients`. @see countsNothing */
  countsNothing(): Promise<boolean>;
  /** Computes the gradients of one of the means. */
  gradientsOf(mean: Mean): Gradients;
  /** Computes the gradients of the value. Call it once, last. */
  gradients(): Gradients;
}

/** Runs f and records it. @see valueAndGradients */
export function recorded(where: string, over: Over, f: () => Tensor): Recorded {
  const tensors = tensorsOf(where, over);
  if (typeof f !== "function") throw wrongKind(where, "f", "a function that returns a Tensor", f);
  const tape = new Tape([...tensors.values()]);
  const value: unknown = recordOnto(tape, f);
  expectNumber(where, value);
  return {
    value,
    depends: tape.reaches(value),
    means: () => meansOf(tape, value),
    countsNothing: () => countsNothing(tape, value),
    gradientsOf: ({ of }) => new Gradients(tensors, accumulate(tape, of, [...tape.steps])),
    gradients: () => new Gradients(tensors, accumulate(tape, value, tape.steps)),
  };
}

function tensorsOf(where: string, over: Over): ReadonlyMap<string, Tensor> {
  const tensors: ReadonlyMap<string, unknown> | undefined = Array.isArray(over)
    ? new Map([...over].map((tensor, i) => [String(i), tensor]))
    : isModel(over)
      ? over.parameters()
      : undefined;
  if (tensors === undefined) throw wrongKind(where, "over", "a module or an array of tensors", over);
  const checked = new Map<string, Tensor>();
  for (const [key, tensor] of tensors) {
    if (!(tensor instanceof Tensor)) throw wrongKind(where, `over[${key}]`, "a Tensor", tensor);
    if (tensor.quantized)
      throw new TypeError(
        `${where}: parameter ${tensor.describe()} is quantized and has no gradient; exclude it, as the option freeze of adamW does, ` +
          `or load the model without weights: "${tensor.quantized.format}"`,
      );
    checked.set(key, tensor);
  }
  return checked;
}

const isModel = (over: unknown): over is HasParameters =>
  typeof over === "object" && over !== null && "parameters" in over && typeof over.parameters === "function";

function expectNumber(where: string, value: unknown): asserts value is Tensor {
  if (value instanceof Promise)
    throw new TypeError(`${where}: f must return a Tensor, not a promise; await data before the call`);
  if (!(value instanceof Tensor)) throw new TypeError(`${where}: f must return a Tensor, not ${describe(value)}`);
  if (value.size !== 1)
    throw new ShapeError(`${where}: f must return a single number, not shape ${show(value.shape)}; apply sum or mean`);
}

/** Only the gradients of f. @see valueAndGradients */
export function grad(over: Over, f: () => Tensor, options: GradientOptions = {}): Gradients {
  return taken("grad", over, f, options).gradients;
}

/** Goes through the steps backwards; a tensor's gradient is the sum over the steps that used it. */
function accumulate(tape: Tape, value: Tensor, steps: Step[]): Map<Tensor, Tensor> {
  const gradients = new Map<Tensor, Tensor>([[value, ones(value.shape)]]);
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const gradient = gradients.get(step.output);
    if (gradient === undefined) continue;
    gradients.delete(step.output);
    const parts = gradientOf(step, gradient, (input) => tape.reaches(input));
    step.inputs.forEach((input, i) => {
      const part = parts[i];
      if (input === undefined || part === undefined || !tape.reaches(input)) return;
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? part : add(sum, part));
    });
  }
  return gradients;
}
