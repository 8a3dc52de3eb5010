import { type Checks, checkOptions, describe, expectFunction, expectString } from "../../checks";
import { result, unrecorded } from "../record";
import { expectTensor, Tensor } from "../tensor";

/** The parts of an operation made by `custom`. */
export interface CustomOptions<Inputs extends readonly Tensor[] = readonly Tensor[], Output extends Tensor = Tensor> {
  /** What errors call it; "custom" if omitted. */
  name?: string | undefined;
  /** Computes the output, in any way. */
  forward: (...inputs: Inputs) => Output;
  /**
   * The gradients of the inputs, given that of the output: an array, or a Tensor if there is one input; undefined for an
   * input without gradient. Made of operations, it can be differentiated again.
   */
  gradient: (
    gradient: Tensor<Output["shape"]>,
    step: { readonly inputs: Inputs; readonly output: Output },
  ) => Tensor | undefined | readonly (Tensor | undefined)[];
}
const checks: Checks<CustomOptions> = { name: expectString, forward: expectFunction, gradient: expectFunction };

/**
 * An operation of your own, with the gradient that you give it. What `forward` does is not recorded.
 *
 * @throws TypeError or ShapeError, when a gradient is taken, if `gradient` does not return a tensor in the shape of each
 * input
 * @example
 * ```ts
 * import { custom, grad, round, sum, tensor } from "transformer-blocks";
 * // Rounds, but passes the gradient on as if it did not.
 * const straightThrough = custom({ name: "straightThrough", forward: (x) => round(x), gradient: (g) => g });
 * const x = tensor([0.4, 1.6]);
 * straightThrough(x).toArray(); // [0, 2]
 * grad([x], () => sum(straightThrough(x))).get(x).toArray(); // [1, 1]
 * ```
 */
export function custom<Inputs extends readonly Tensor[], Output extends Tensor>(
  options: CustomOptions<Inputs, Output>,
): (...inputs: Inputs) => Output {
  checkOptions("custom", options as unknown, checks, ["forward", "gradient"]);
  const { name = "custom", forward, gradient } = options;
  const spec = { name, gradient: gradient as CustomOptions["gradient"] };
  return (...inputs) => {
    for (const [i, input] of inputs.entries()) expectTensor(name, `input ${i}`, input);
    const output: unknown = unrecorded(() => forward(...inputs));
    if (!(output instanceof Tensor))
      throw new TypeError(`${name}: forward must return a Tensor, not ${describe(output)}`);
    return result("custom", inputs, spec, output.shape, output.buffer) as Output;
  };
}
