import type { Module } from "../blocks";
import type { Tensor } from "../tensor";

/** A gradient for each parameter's path: what `valueAndGradients` gives, or a Map. */
export type ParameterGradients = Iterable<readonly [path: string, gradient: Tensor]>;

/** Moves a model's parameters against their gradients. */
export interface Optimizer {
  /** What it moves. Where an optimizer says so, `train` refuses it for another model. */
  readonly model?: Module | undefined;
  /** How far a step goes; a schedule multiplies it. */
  readonly learningRate: number;

  /**
   * Changes every parameter, or none if it throws.
   *
   * @param options.learningRate for this step alone
   * @throws RangeError if a parameter has no gradient, a gradient no parameter, or a gradient is not finite; ShapeError
   * if a gradient has another shape than its parameter
   */
  step(gradients: ParameterGradients, options?: { learningRate?: number | undefined }): void;
}

/** @throws RangeError naming the first parameter whose gradient is NaN or infinite */
export function expectFinite(operation: string, gradients: ParameterGradients): void {
  for (const [path, gradient] of gradients) {
    const wrong = gradient.data.find((value) => !Number.isFinite(value));
    if (wrong !== undefined)
      throw new RangeError(`${operation}: the gradient of "${path}" holds ${wrong}; nothing was changed`);
  }
}
