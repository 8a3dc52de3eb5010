import { type Checks, checkOptions, instanceOf, numberIn } from "../../checks";
import { type Kept, kernels } from "../../kernels";
import { knownAs } from "../../synonyms";
import { Random } from "../random";
import { result } from "../record";
import type { Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";

/** Options of `dropout`. */
export interface DropoutOptions {
  /** The share of elements to zero, at least 0 and below 1. */
  rate: number;
  /** Each element draws 32 bits. */
  random: Random;
}

/**
 * Zeros a share of the elements and multiplies the others by 1 / (1 − rate), which keeps the expectation.
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
  return keepPlaces(x, choosePlaces(x.size, options));
}

/** x / (1 − rate) in the places that are kept, 0 elsewhere. */
export const keepPlaces = <S extends Shape>(x: Tensor<S>, kept: Kept): Tensor<S> =>
  result("dropout", [x], kept, x.shape, kernels().dropout(x.buffer, kept));

/** Draws which elements are kept. */
export const choosePlaces = (count: number, { rate, random }: DropoutOptions): Kept =>
  random.draw((stream) => ({ value: kernels().choosePlaces(stream, count, rate), end: stream.start + count }));

/** @throws TypeError or RangeError for an option that is missing, unknown or out of range */
export const checkDropout = (where: string, options: unknown): void =>
  checkOptions(where, options, checks, ["rate", "random"]);

const checks: Checks<DropoutOptions> = /* @__PURE__ */ knownAs(
  { options: ["rate p dropout probability prob"] },
  {
    rate: numberIn({ least: 0, below: 1 }),
    random: instanceOf(Random, "a stream of random numbers, as random(seed) gives"),
  },
);
