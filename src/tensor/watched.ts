import { wrongResult } from "../checks";
import { ShapeError } from "../errors";
import { accumulate } from "./gradients/accumulate";
import { ones, zeros } from "./make";
import { reshaped } from "./operations/layout";
import { recordOnto, Tape } from "./record";
import { show } from "./shape";
import { Tensor } from "./tensor";

/** What a run computed, and the gradient of its value over each tensor that it watched. */
export interface Watched<Inner> {
  inner: Inner;
  /** @param watched what `watch` returned */
  gradients: (watched: Tensor) => Tensor;
}

/**
 * Runs f and takes the gradients of its value over tensors that f computes on the way. `watch` returns the tensor to go on
 * with: its gradient is that of what follows, even if f uses the original elsewhere.
 *
 * @throws TypeError or ShapeError unless the value is a Tensor of one number; RangeError if it depends on nothing watched
 */
export function gradientsOver<Inner>(
  where: string,
  f: (watch: (x: Tensor) => Tensor) => { value: Tensor; inner: Inner },
): Watched<Inner> {
  const tape = new Tape([]);
  const watch = (x: Tensor): Tensor => {
    const own = reshaped(x, x.shape);
    tape.watch(own);
    return own;
  };
  const { value, inner } = recordOnto(tape, () => f(watch));
  if (!(value instanceof Tensor)) throw wrongResult(where, "what gradients returns", "a Tensor", value);
  if (value.size !== 1)
    throw new ShapeError(
      `${where}: gradients must return a single number, not shape ${show(value.shape)}; apply sum or mean`,
    );
  if (!tape.reaches(value))
    throw new RangeError(
      `${where}: what gradients returns depends on none of the recorded values; compute it from the output`,
    );
  const found = accumulate(tape, value, ones(value.shape), tape.steps);
  return { inner, gradients: (watched) => found.get(watched) ?? zeros(watched.shape) };
}
