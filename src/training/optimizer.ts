import type { Module } from "../blocks";
import type { Parameter, Tensor } from "../tensor";
import type { StoredTensors } from "./stored-values";

/** A gradient for each parameter's path: from `valueAndGradients`, or a Map. */
export type ParameterGradients = Iterable<readonly [path: string, gradient: Tensor]>;

/** Updates a model's parameters from their gradients. */
export interface Optimizer {
  /** The model it trains. If given, `train` refuses the optimizer for another model. */
  readonly model?: Module | undefined;
  /** The step size; a schedule multiplies it. */
  readonly learningRate: number;

  /** The parameters it trains, by their paths in the model: `train` computes only their gradients. All if omitted. */
  parameters?(): Map<string, Parameter>;

  /**
   * Changes every parameter, or none if it throws.
   *
   * @param options.learningRate for this step only
   * @throws RangeError if a parameter has no gradient, a gradient has no parameter or is not finite; ShapeError if a
   * gradient does not match the shape of its parameter
   */
  step(gradients: ParameterGradients, options?: { learningRate?: number | undefined }): void;

  /**
   * Copies of what the next step depends on besides the parameters and settings. Needed to save the state of `train`.
   */
  state?(): Map<string, Tensor>;

  /** Continues from a state, or throws and changes nothing. */
  load?(state: StoredTensors): void;

  /** The options it was created with: numbers, strings and arrays of them. `train` resumes only with the same. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}
