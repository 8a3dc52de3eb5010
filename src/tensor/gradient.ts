import { describe, expectFunction, wrongKind } from "../checks";
import { ShapeError } from "../errors";
import { gradientOf } from "./gradients";
import { ones, zeros } from "./make";
import { add } from "./operations/elementwise";
import type { Parameter } from "./parameter";
import { recordOnto, Tape } from "./record";
import { show } from "./shape";
import { expectTensor, Tensor } from "./tensor";

/** Anything that has parameters: a model, a block. */
export interface HasParameters {
  parameters(): Map<string, Parameter>;
}

/** What gradients are taken over: everything that a model learns, or a list of tensors. */
export type Over = HasParameters | readonly Tensor[];

/** The gradients of one value, found by a parameter's path or by the tensor itself. */
export class Gradients implements Iterable<[path: string, gradient: Tensor]> {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #gradients: ReadonlyMap<Tensor, Tensor>;

  constructor(tensors: ReadonlyMap<string, Tensor>, gradients: ReadonlyMap<Tensor, Tensor>) {
    this.#tensors = tensors;
    this.#gradients = gradients;
  }

  /**
   * The gradient with the shape of its tensor; zeros where the value does not depend on it.
   *
   * @throws RangeError if gradients were not taken over this path or tensor
   */
  get(key: string | Tensor): Tensor {
    const over = typeof key === "string" ? this.#tensors.get(key) : key;
    if (over === undefined || ![...this.#tensors.values()].includes(over))
      throw new RangeError(`no gradient was taken over ${typeof key === "string" ? `"${key}"` : key.describe()}`);
    return this.#gradients.get(over) ?? zeros(over.shape);
  }

  has(key: string | Tensor): boolean {
    return typeof key === "string" ? this.#tensors.has(key) : [...this.#tensors.values()].includes(key);
  }

  /** Every path (or place in the list, as a string) with its gradient. */
  *[Symbol.iterator](): IterableIterator<[string, Tensor]> {
    for (const [path, tensor] of this.#tensors) yield [path, this.#gradients.get(tensor) ?? zeros(tensor.shape)];
  }
}

/**
 * The value of f and its gradients over a model's parameters or a list of tensors, by reverse accumulation.
 * Only what runs inside f is recorded, and only for as long as the call lasts.
 *
 * @throws ShapeError if f does not give a single number
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
export function valueAndGradients(over: Over, f: () => Tensor): { value: Tensor; gradients: Gradients } {
  const tensors = tensorsOf(over);
  expectFunction("valueAndGradients", "f", f);
  for (const tensor of tensors.values())
    if (tensor.quantized)
      throw new TypeError(
        `valueAndGradients: parameter ${tensor.describe()} is quantized and has no gradient; differentiate by others, ` +
          "or load the model without weights: " +
          `"${tensor.quantized.format}"`,
      );
  const tape = new Tape([...tensors.values()]);
  const value = recordOnto(tape, f);
  if (!(value instanceof Tensor))
    throw new TypeError(`valueAndGradients: f must give a Tensor, not ${describe(value)}`);
  if (value.size !== 1)
    throw new ShapeError(
      `valueAndGradients: f must give a single number, not the shape ${show(value.shape)}; sum or mean it`,
    );
  return { value, gradients: new Gradients(tensors, accumulate(tape, value)) };
}

function tensorsOf(over: Over): ReadonlyMap<string, Tensor> {
  if (Array.isArray(over)) {
    for (const [i, tensor] of over.entries()) expectTensor("valueAndGradients", `over[${i}]`, tensor);
    return new Map(over.map((tensor: Tensor, i) => [String(i), tensor]));
  }
  if (typeof (over as Partial<HasParameters> | null | undefined)?.parameters !== "function")
    throw wrongKind("valueAndGradients", "over", "a module or an array of tensors", over);
  return (over as HasParameters).parameters();
}

/** The gradients of f alone. @see valueAndGradients */
export function grad(over: Over, f: () => Tensor): Gradients {
  return valueAndGradients(over, f).gradients;
}

/** Walks the tape backwards; the gradient of a tensor is the sum over the steps that took it. */
function accumulate(tape: Tape, value: Tensor): Map<Tensor, Tensor> {
  const gradients = new Map<Tensor, Tensor>([[value, ones(value.shape)]]);
  for (let step = tape.steps.pop(); step !== undefined; step = tape.steps.pop()) {
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
