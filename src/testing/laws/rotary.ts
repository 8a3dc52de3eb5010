import { type Checks, checkOptions, numberIn, wholeIn } from "../../checks";
import { type HeadShape, multiply, sum, type Tensor } from "../../tensor";
import { filled, sixteenths } from "../arbitraries";
import { largest } from "../comparisons";
import { type FastCheck, fastCheck } from "../drawing";
import { fields, type Implementation, runner } from "./implementation";
import { Law } from "./law";
import { tensor } from "./rows";

/** Rotates x [batch, seq, heads, headDim] by its positions, one for each token. */
export type RotaryImplementation = Implementation<
  (x: Tensor<HeadShape>, options: { positions: readonly number[] }) => Tensor
>;

/** What the inputs of the laws of rotary positions must suit. */
export interface RotaryInputsOptions {
  /** An even number; 2, 4, 6 or 8 if omitted. */
  headDim?: number | undefined;
  /** The largest position; 64 if omitted. */
  maxPosition?: number | undefined;
}

const checks: Checks<RotaryInputsOptions> = {
  headDim: wholeIn({ least: 2, most: 65_536 }),
  maxPosition: wholeIn({ least: 1, most: 2 ** 24 }),
};

/** Vectors of one token, and positions. */
function drawn(options: RotaryInputsOptions, vectors: number, positions: number) {
  checkOptions("rotaryLaws", options, checks);
  const fc: FastCheck = fastCheck("rotaryLaws");
  const { headDim, maxPosition = 64 } = options;
  const size = headDim === undefined ? fc.constantFrom(2, 4, 6, 8) : fc.constant(headDim);
  const numbers = fc.array(sixteenths(fc), { minLength: 1, maxLength: 8, size: "max" });
  const many = <T>(one: Parameters<typeof fc.array<T>>[0], count: number) =>
    fc.array(one, { minLength: count, maxLength: count });
  return fc
    .tuple(size, many(numbers, vectors), many(fc.nat({ max: Math.floor(maxPosition / 2) }), positions))
    .map(([dim, each, places]) => ({ heads: each.map((some) => filled<HeadShape>([1, 1, 1, dim], some)), places }));
}

const position = numberIn();

/**
 * What holds for a rotation R(m) of queries and keys by the position m.
 *
 * @see Su et al. 2021, RoFormer (arXiv 2104.09864)
 * @example
 * ```ts
 * import { rotary } from "transformer-blocks";
 * import { checkLaws, rotaryLaws } from "transformer-blocks/testing";
 * checkLaws(rotaryLaws, (x, { positions }) => rotary(x, { positions, base: 500_000 }));
 * ```
 */
export const rotaryLaws = {
  /** R(m) q · R(n) k = R(m + s) q · R(n + s) k. @see Su et al. 2021, RoFormer (arXiv 2104.09864), equation 11 */
  relativity: new Law({
    name: "rotary, a query's product with a key depends on their distance alone",
    statement: "R(m) q · R(n) k = R(m + s) q · R(n + s) k",
    source: "Su et al. 2021, RoFormer (arXiv 2104.09864), equation 11",
    arbitrary: (options: RotaryInputsOptions) =>
      drawn(options, 2, 3).map(({ heads: [q, k], places: [m, n, shift] }) => ({
        ...{ q: q!, k: k!, m: m!, n: n!, shift: shift! },
      })),
    check: fields({ q: tensor, k: tensor, m: position, n: position, shift: position }),
    sides: (implementation: RotaryImplementation, { q, k, m, n, shift }) => {
      const rotary = runner("rotaryLaws.relativity", implementation);
      const product = (i: number, j: number) =>
        sum(multiply(rotary(q, { positions: [i] }), rotary(k, { positions: [j] })), { axis: -1 });
      return {
        left: product(m, n),
        right: product(m + shift, n + shift),
        // Angles of up to 64 are rounded to float32, products are sums.
        size: q.shape[3] * largest(q) * largest(k),
      };
    },
  }),

  /** R(m) R(n) x = R(m + n) x. @see Su et al. 2021, RoFormer (arXiv 2104.09864), section 3.2.2 */
  composition: new Law({
    name: "rotary, rotations by two positions are the rotation by their sum",
    statement: "R(m) R(n) x = R(m + n) x",
    source: "Su et al. 2021, RoFormer (arXiv 2104.09864), section 3.2.2",
    arbitrary: (options: RotaryInputsOptions) =>
      drawn(options, 1, 2).map(({ heads: [x], places: [m, n] }) => ({ x: x!, m: m!, n: n! })),
    check: fields({ x: tensor, m: position, n: position }),
    sides: (implementation: RotaryImplementation, { x, m, n }) => {
      const rotary = runner("rotaryLaws.composition", implementation);
      const turned = rotary(x, { positions: [n] }) as Tensor<HeadShape>;
      return {
        left: rotary(turned, { positions: [m] }),
        right: rotary(x, { positions: [m + n] }),
        size: 2 * largest(x),
      };
    },
  }),
};
