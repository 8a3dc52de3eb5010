import { describe, expectFunction } from "../../checks";
import { repeatDraws, watchDraws } from "../random";
import { asOneStep } from "../record";
import { Tensor } from "../tensor";

/**
 * f(...inputs), whose steps are dropped and computed again when gradients are taken: less memory for more time. Around
 * each block of a model, the gradient takes about a third more time, and the memory of one block and of what lies
 * between blocks.
 *
 * f must do the same when it is called again. Streams of random numbers that it draws from are put back for that, so
 * that dropout keeps the same elements. A variable that f reads must not change in between: in a loop, pass it as an
 * argument.
 *
 * @throws TypeError if f does not return a Tensor; Error, when gradients are taken, if f does something else when it is
 * called again
 * @see Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost (arXiv 1604.06174)
 * @example
 * ```ts
 * import { checkpoint, exp, grad, sin, sum, tensor } from "transformer-blocks";
 * const x = tensor([0]);
 * grad([x], () => sum(checkpoint((input) => exp(sin(input)), x))).get(x).toArray(); // [1]
 * ```
 */
export function checkpoint<Inputs extends readonly unknown[], Output extends Tensor>(
  f: (...inputs: Inputs) => Output,
  ...inputs: Inputs
): Output {
  expectFunction("checkpoint", "f", f);
  if (f.length > inputs.length)
    throw new TypeError(
      `checkpoint: f takes ${f.length} ${f.length === 1 ? "argument" : "arguments"}, but ${inputs.length} follow it; call checkpoint(f, x) or checkpoint(() => f(x))`,
    );
  const run = () => called(f, inputs);
  return watchDraws((drawn) => asOneStep(run, () => repeatDraws(drawn, run))) as Output;
}

function called(f: (...inputs: never[]) => unknown, inputs: readonly unknown[]): Tensor {
  const output = f(...(inputs as never[]));
  if (output instanceof Promise)
    throw new TypeError("checkpoint: f must return a Tensor, not a promise; await data before the call");
  if (!(output instanceof Tensor)) throw new TypeError(`checkpoint: f must return a Tensor, not ${describe(output)}`);
  return output;
}
