import type { Module } from "../blocks";
import type { Parameter, Tensor } from "../tensor";
import type { StoredTensors } from "./stored-values";

/** A gradient for each parameter's path: what `valueAndGradients` gives, or a Map. */
export type ParameterGradients = Iterable<readonly [path: string, gradient: Tensor]>;

/** Moves a model's parameters against their gradients. */
export interface Optimizer {
  /** What it moves. Where an optimizer says so, `train` refuses it for another model. */
  readonly model?: Module | undefined;
  /** How far a step goes; a schedule multiplies it. */
  readonly learningRate: number;

  /** What it moves, by the paths of the model: `train` computes no other gradients. Everything unless given. */
  parameters?(): Map<string, Parameter>;

  /**
   * Changes every parameter, or none if it throws.
   *
   * @param options.learningRate for this step alone
   * @throws RangeError if a parameter has no gradient, a gradient no parameter, or a gradient is not finite; ShapeError
   * if a gradient has another shape than its parameter
   */
  step(gradients: ParameterGradients, options?: { learningRate?: number | undefined }): void;

  /** Copies of what the next step depends on besides the parameters and settings; a state of `train` needs it. */
  state?(): Map<string, Tensor>;

  /** Goes on from a state, or throws and changes nothing. */
  load?(state: StoredTensors): void;

  /** What it was made with: numbers, strings and arrays of them. `train` resumes only with the same. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}
