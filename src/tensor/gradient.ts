import { type Checks, checkOptions, describe, expectBoolean, wrongKind } from "../checks";
import { ShapeError } from "../errors";
import { accumulate } from "./gradients/accumulate";
import { ones } from "./make";
import { countsNothing, type Mean, meansOf } from "./means";
import { Gradients } from "./named-gradients";
import { Names, type Over, targetsOf } from "./over";
import { recordOnto, Tape } from "./record";
import { show } from "./shape";
import { Tensor } from "./tensor";

export type { Gradients } from "./named-gradients";

export type { HasParameters, Over } from "./over";

/** Options of `grad` and `valueAndGradients`. */
export interface GradientOptions {
  /**
   * Return zeros, instead of throwing, if the value depends on nothing that it is differentiated by; false if omitted.
   */
  allowUnused?: boolean | undefined;
}

export const gradientChecks: Checks<GradientOptions> = { allowUnused: expectBoolean };

/**
 * The value of f and its gradients over a module's parameters, or over a list of tensors and modules, by reverse accumulation. Only
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
  checkOptions(where, options, gradientChecks);
  const found = recorded(where, over, f);
  const gradients = found.gradients();
  expectUsed(where, options, gradients.over().size === 0 || found.depends);
  return { value: found.value, gradients };
}

/** @throws RangeError if the value depends on nothing and that is not allowed */
export function expectUsed(where: string, options: GradientOptions, depends: boolean): void {
  if (!options.allowUnused && !depends)
    throw new RangeError(
      `${where}: the value of f depends on nothing that it is differentiated by; compute it inside f, from the tensors and not from their data, or pass { allowUnused: true } for zeros`,
    );
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
  const { names, tape, value } = taped(where, over, f);
  if (value.size !== 1)
    throw new ShapeError(`${where}: f must return a single number, not shape ${show(value.shape)}; apply sum or mean`);
  return {
    value,
    depends: tape.reaches(value),
    means: () => meansOf(tape, value),
    countsNothing: () => countsNothing(tape, value),
    gradientsOf: ({ of }) => new Gradients(names, accumulate(tape, of, ones(of.shape), [...tape.steps])),
    gradients: () => new Gradients(names, accumulate(tape, value, ones(value.shape), tape.steps)),
  };
}

/** Runs f, which returns a tensor of any shape, and records it. */
export function taped(where: string, over: unknown, f: () => Tensor): { names: Names; tape: Tape; value: Tensor } {
  const names = new Names(targetsOf(where, over));
  if (typeof f !== "function") throw wrongKind(where, "f", "a function that returns a Tensor", f);
  const tape = new Tape([...names.tensors]);
  const value: unknown = recordOnto(tape, f);
  if (value instanceof Promise)
    throw new TypeError(`${where}: f must return a Tensor, not a promise; await data before the call`);
  if (!(value instanceof Tensor)) throw new TypeError(`${where}: f must return a Tensor, not ${describe(value)}`);
  return { names, tape, value };
}

/**
 * Only the gradients of f.
 *
 * @see valueAndGradients
 * @example
 * ```ts
 * import { grad, multiply, sum, tensor } from "transformer-blocks";
 * const x = tensor([1, 2]);
 * grad([x], () => sum(multiply(x, x))).get(x).toArray(); // [2, 4]
 * ```
 */
export function grad(over: Over, f: () => Tensor, options: GradientOptions = {}): Gradients {
  return taken("grad", over, f, options).gradients;
}
