import type { Operations, Step } from "../record";
import type { Tensor } from "../tensor";

/**
 * The gradient of a step's output in, the gradients of its inputs out, in their order; none for what has none. Where one
 * costs a product, `wanted` says whether anybody asks for it: nobody does for a frozen weight.
 */
export type Gradient<Name extends keyof Operations> = (
  gradient: Tensor,
  step: Step<Name>,
  wanted: (input: Tensor) => boolean,
) => (Tensor | undefined)[];

/** Every operation has a gradient: the type is total over the names of the operations. */
export type GradientTable = { [Name in keyof Operations]: Gradient<Name> };
