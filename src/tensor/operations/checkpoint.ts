import { describe, expectFunction } from "../../checks";
import { repeatDraws, watchDraws } from "../draws";
import { asOneStep } from "../record";
import { Tensor } from "../tensor";

/**
 * f(...inputs), whose steps are dropped and computed again when gradients are taken: less memory for more time. Around
 * each block of a model, the gradient takes about a third more time, and the memory of one block and of what lies
 * between blocks. `checkpoint(f)` alone calls f if it takes no arguments; otherwise it is f with a checkpoint around it.
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
 * import { checkpoint, exp, grad, sin, sum, type Tensor, tensor } from "transformer-blocks";
 * const x = tensor([0]);
 * grad([x], () => sum(checkpoint(() => exp(sin(x))))).get(x).toArray(); // [1]
 * const f = checkpoint((input: Tensor) => exp(sin(input)));
 * grad([x], () => sum(f(x))).get(x).toArray(); // [1]
 * ```
 */
export function checkpoint<Output extends Tensor>(f: () => Output): Output;
export function checkpoint<Inputs extends readonly [unknown, ...unknown[]], Output extends Tensor>(
  f: (...inputs: Inputs) => Output,
): (...inputs: Inputs) => Output;
export function checkpoint<Inputs extends readonly unknown[], Output extends Tensor>(
  f: (...inputs: Inputs) => Output,
  ...inputs: Inputs
): Output;
export function checkpoint(
  f: (...inputs: unknown[]) => Tensor,
  ...inputs: unknown[]
): Tensor | ((...inputs: unknown[]) => Tensor) {
  expectFunction("checkpoint", "f", f);
  return f.length > 0 && inputs.length === 0 ? (...later) => recomputed(f, later) : recomputed(f, inputs);
}

function recomputed(f: (...inputs: unknown[]) => Tensor, inputs: readonly unknown[]): Tensor {
  if (f.length > inputs.length)
    throw new TypeError(
      `checkpoint: f takes ${f.length} ${f.length === 1 ? "argument" : "arguments"}, but got ${inputs.length}`,
    );
  const run = () => called(f, inputs);
  return watchDraws((drawn) => asOneStep(run, () => repeatDraws(drawn, run)));
}

function called(f: (...inputs: unknown[]) => unknown, inputs: readonly unknown[]): Tensor {
  const output = f(...inputs);
  if (output instanceof Promise)
    throw new TypeError("checkpoint: f must return a Tensor, not a promise; await data before the call");
  if (!(output instanceof Tensor)) throw new TypeError(`checkpoint: f must return a Tensor, not ${describe(output)}`);
  return output;
}
