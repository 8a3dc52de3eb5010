import { type Checks, checkOptions, wholeIn } from "../../checks";
import { abs, multiply, reshape, slice, subtract, type Tensor, where } from "../../tensor";
import { filled } from "../arbitraries";
import { fastCheck } from "../drawing";
import { fields, type Implementation, runner } from "./implementation";
import { Law } from "./law";
import { range } from "./rows";

/** An input of the laws of ALiBi. */
export interface AlibiInput {
  heads: number;
  queries: number;
  keys: number;
}

/** The bias of scores, [heads, queries, keys] or with a leading axis of 1; the last query is aligned with the last key. */
export type AlibiImplementation = Implementation<(sizes: AlibiInput) => Tensor>;

/** What the inputs of the laws of ALiBi must suit. */
export interface AlibiInputsOptions {
  /** The largest number of keys; 8 if omitted. */
  maxLength?: number | undefined;
}

const optionChecks: Checks<AlibiInputsOptions> = { maxLength: wholeIn({ least: 1, most: 1024 }) };
const size = wholeIn({ least: 1, most: 1024 });
const check = fields<AlibiInput>({ heads: size, queries: size, keys: size });

/** Sizes with no more queries than keys. */
function drawn(options: AlibiInputsOptions, heads: readonly number[]) {
  checkOptions("alibiLaws", options, optionChecks);
  const fc = fastCheck("alibiLaws");
  const length = fc.integer({ min: 1, max: options.maxLength ?? 8 });
  return fc
    .tuple(fc.constantFrom(...heads), length, length)
    .map(([heads, a, b]) => ({ heads, queries: Math.min(a, b), keys: Math.max(a, b) }));
}

/** The bias of the keys at least `first` positions before a query; 0 elsewhere. */
function seen(bias: Tensor, { heads, queries, keys }: AlibiInput, first = 0): Tensor {
  const places = range(queries * keys).map((i) => Math.floor(i / keys) + keys - queries - (i % keys));
  const visible = filled(
    [queries, keys],
    places.map((distance) => (distance >= first ? 1 : 0)),
  );
  return where(visible as Tensor, reshape(bias, [heads, queries, keys]) as Tensor, 0);
}

/**
 * What holds for the bias b of attention with linear biases, for a query i and the keys j ≤ i that it sees.
 *
 * @see Press et al. 2022, ALiBi (arXiv 2108.12409)
 */
export const alibiLaws = {
  /** b(h, i, j) ≤ b(h, i, j + 1) for j < i. @see Press et al. 2022, ALiBi (arXiv 2108.12409), section 3 */
  monotony: new Law({
    name: "ALiBi, a nearer key is lowered less",
    statement: "b(h, i, j) ≤ b(h, i, j + 1) for j < i",
    source: "Press et al. 2022, ALiBi (arXiv 2108.12409), section 3",
    arbitrary: (options: AlibiInputsOptions) => drawn(options, [1, 2, 3, 4, 6, 8]),
    check,
    sides: (implementation: AlibiImplementation, sizes) => {
      const bias = runner("alibiLaws.monotony", implementation)(sizes);
      const far = slice(seen(bias, sizes, 1), { axis: 2, end: sizes.keys - 1 });
      const near = slice(seen(bias, sizes), { axis: 2, start: 1 });
      const steps: Tensor = subtract(near as Tensor, far as Tensor);
      return { left: steps, right: abs(steps) };
    },
  }),

  /** b(h, i, j) = −2^(−8h / n) (i − j), h = 1 … n, n a power of 2. @see Press et al. 2022, ALiBi (arXiv 2108.12409), section 3 */
  slopes: new Law({
    name: "ALiBi, the bias is linear in the distance, and the slopes of heads are a geometric sequence",
    statement: "b(h, i, j) = −2^(−8h / n) (i − j), h = 1 … n, n a power of 2",
    source: "Press et al. 2022, ALiBi (arXiv 2108.12409), section 3",
    arbitrary: (options: AlibiInputsOptions) => drawn(options, [1, 2, 4, 8, 16]),
    check,
    sides: (implementation: AlibiImplementation, sizes) => {
      const { heads, queries, keys } = sizes;
      const distances = range(queries * keys).map((i) => (i % keys) - Math.floor(i / keys) - (keys - queries));
      const slopes = range(heads).map((h) => 2 ** ((-8 * (h + 1)) / heads));
      const formula = multiply(filled([heads, 1, 1], slopes) as Tensor, filled([queries, keys], distances) as Tensor);
      const bias = runner("alibiLaws.slopes", implementation)(sizes);
      return { left: seen(bias, sizes), right: seen(formula, sizes) };
    },
  }),
};
