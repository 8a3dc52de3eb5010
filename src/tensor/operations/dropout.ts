import { type Checks, checkOptions, instanceOf, numberIn } from "../../checks";
import { type Kept, kernels } from "../../kernels";
import { Random } from "../random";
import { result } from "../record";
import type { Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";

export interface DropoutOptions {
  /** The share that is zeroed, from 0 up to but not including 1. */
  rate: number;
  /** Each element takes one word of 32 bits of it. */
  random: Random;
}

/**
 * Zeros a share of the elements and multiplies the others by 1 / (1 − rate), so that the expectation stays.
 *
 * @throws TypeError or RangeError for an option that is missing, unknown or out of range
 * @see Srivastava et al. 2014, Dropout (JMLR 15)
 * @example
 * ```ts
 * import { dropout, ones, random } from "transformer-blocks";
 * dropout(ones([4]), { rate: 0.5, random: random(7) }).toArray(); // each is 0 or 2
 * ```
 */
export function dropout<const S extends Shape>(x: Tensor<S>, options: DropoutOptions): Tensor<S> {
  expectTensor("dropout", "x", x);
  checkDropout("dropout", options);
  if (options.rate === 0) return x;
  const kept = choosePlaces(x.size, options);
  return result("dropout", [x], kept, x.shape, kernels().dropout(x.buffer, kept));
}

/** Draws which of so many places stay. */
export const choosePlaces = (count: number, { rate, random }: DropoutOptions): Kept =>
  random.draw((stream) => ({ value: kernels().choosePlaces(stream, count, rate), end: stream.start + count }));

/** @throws TypeError or RangeError for an option that is missing, unknown or out of range */
export const checkDropout = (where: string, options: unknown): void =>
  checkOptions(where, options, checks, ["rate", "random"]);

const checks: Checks<DropoutOptions> = {
  rate: numberIn({ least: 0, below: 1 }),
  random: instanceOf(Random, "a stream of random numbers, as random(seed) gives"),
};
