import type { Operations, Step } from "../steps";
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

/**
 * A gradient made of operations can be differentiated again. Where a kernel is quicker or more exact, it computes first
 * derivatives, and the operations run only where their result is recorded. A fused operation gives its unfused form
 * instead, whose gradient is taken.
 */
export type Rule<Name extends keyof Operations> =
  | Gradient<Name>
  | { readonly kernel: Gradient<Name>; readonly operations: Gradient<Name> }
  | {
      readonly kernel?: Gradient<Name>;
      readonly unfused: (step: Step<Name>) => Tensor;
      /** Checks the steps that the unfused form took. */
      readonly check?: (step: Step<Name>, steps: readonly Step[]) => void;
    };

/** A gradient for every operation, by type. */
export type GradientTable = { [Name in keyof Operations]: Rule<Name> };
