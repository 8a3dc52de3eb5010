import { refuseMore } from "../../checks";
import type { Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";

/**
 * The same numbers, through which no gradient flows: x counts as a constant there.
 *
 * @example
 * ```ts
 * import { grad, multiply, stopGradient, sum, tensor } from "transformer-blocks";
 * const x = tensor([3]);
 * grad([x], () => sum(multiply(stopGradient(x), x))).get(x).toArray(); // [3], not [6]
 * ```
 */
export function stopGradient<S extends Shape>(x: Tensor<S>): Tensor<S>;
export function stopGradient(x: Tensor, ...more: unknown[]): Tensor {
  refuseMore("stopGradient", more);
  expectTensor("stopGradient", "x", x);
  // A quantized parameter has no gradient, and no numbers to wrap.
  return x.quantized ? x : new Tensor(x.shape, x.buffer);
}
