import type { Operations, Step } from "../record";
import type { Tensor } from "../tensor";

/**
 * Maps the gradient of a step's output to the gradients of its inputs, in order; undefined for an input without one.
 * `wanted` tells which ones are needed, to save matrix products: a frozen weight needs none.
 */
export type Gradient<Name extends keyof Operations> = (
  gradient: Tensor,
  step: Step<Name>,
  wanted: (input: Tensor) => boolean,
) => (Tensor | undefined)[];

/** A gradient for every operation, by type. */
export type GradientTable = { [Name in keyof Operations]: Gradient<Name> };
