import { type Checks, checkOptions, wholeIn } from "../../checks";
import { add, mean, multiply, ones, type Tensor } from "../../tensor";
import { filled } from "../arbitraries";
import { fastCheck } from "../drawing";
import { fields, type Implementation, runner } from "./implementation";
import { Law } from "./law";
import { range, tensor } from "./rows";

/** Normalizes the rows of x [rows, dModel], with a weight of 1 and a bias of 0. */
export type NormImplementation = Implementation<(x: Tensor<readonly [rows: number, dModel: number]>) => Tensor>;

/** What the inputs of the laws of norms must suit. */
export interface NormInputsOptions {
  /** The length of a row; 8 if omitted. */
  dModel?: number | undefined;
}

/** An input of the laws of norms. */
export interface NormInput {
  /** [rows, dModel], with a variance of at least 1 in every row, next to which ε is small. */
  x: Tensor;
  /** [rows, 1], positive. */
  factor: Tensor;
  /** [rows, 1] */
  shift: Tensor;
}

const checks: Checks<NormInputsOptions> = { dModel: wholeIn({ least: 2, most: 65_536 }) };

function drawn(options: NormInputsOptions) {
  checkOptions("layerNormLaws", options, checks);
  const { dModel = 8 } = options;
  const fc = fastCheck("layerNormLaws");
  const several = <T>(one: Parameters<typeof fc.array<T>>[0]) => fc.array(one, { minLength: 1, maxLength: 8 });
  // Every other number is at least 4 larger.
  const steps = filled(
    [dModel],
    range(dModel).map((i) => (i % 2) * 8),
  );
  const small = fc.integer({ min: -32, max: 32 }).map((n) => n / 16);
  return fc
    .tuple(
      fc.integer({ min: 1, max: 4 }),
      several(small),
      several(fc.constantFrom(1, 0.5, 2, 10)),
      several(fc.integer({ min: -20, max: 20 })),
    )
    .map(([rows, numbers, factors, shifts]) => ({
      x: add(filled([rows, dModel], numbers) as Tensor, steps as Tensor) as Tensor,
      factor: filled([rows, 1], factors) as Tensor,
      shift: filled([rows, 1], shifts) as Tensor,
    }));
}

function normLaw(
  name: string,
  statement: string,
  source: string,
  sides: (norm: (x: Tensor) => Tensor, input: NormInput) => { left: Tensor; right: Tensor },
): Law<NormImplementation, NormInput, NormInputsOptions> {
  const title = `normalization, ${name}`;
  return new Law({
    ...{ name: title, statement, source, tolerance: 5e-5 },
    arbitrary: drawn,
    check: fields<NormInput>({ x: tensor, factor: tensor, shift: tensor }),
    sides: (implementation, input) => {
      const norm = runner(title, implementation);
      return sides((x) => norm(x as Tensor<readonly [number, number]>), input);
    },
  });
}

/**
 * What holds for root mean square normalization N of rows, as far as ε is small next to their mean square.
 *
 * @see Zhang and Sennrich 2019, Root Mean Square Layer Normalization (arXiv 1910.07467)
 */
export const rmsNormLaws = {
  /** N(a x) = N(x) for a > 0 in each row. @see Zhang and Sennrich 2019 (arXiv 1910.07467), section 3.1 */
  scale: normLaw(
    "a positive factor of a row changes nothing",
    "N(a x) = N(x) for a > 0 in each row",
    "Zhang and Sennrich 2019 (arXiv 1910.07467), section 3.1",
    (norm, { x, factor }) => ({ left: norm(multiply(x, factor)), right: norm(x) }),
  ),

  /** N(N(x)) = N(x). @see Zhang and Sennrich 2019 (arXiv 1910.07467), section 3.1 */
  idempotence: normLaw(
    "what is normalized stays as it is",
    "N(N(x)) = N(x)",
    "Zhang and Sennrich 2019 (arXiv 1910.07467), section 3.1",
    (norm, { x }) => ({ left: norm(norm(x)), right: norm(x) }),
  ),

  /** mean(N(x)²) = 1 in each row. @see Zhang and Sennrich 2019 (arXiv 1910.07467), equation 4 */
  meanSquare: normLaw(
    "the mean square of a row is 1",
    "mean(N(x)²) = 1 in each row",
    "Zhang and Sennrich 2019 (arXiv 1910.07467), equation 4",
    (norm, { x }) => {
      const y = norm(x);
      return { left: mean(multiply(y, y), { axis: -1 }), right: ones(x.shape.slice(0, -1)) };
    },
  ),
};

/**
 * What holds for layer normalization N of rows, as far as ε is small next to their variance.
 *
 * @see Ba et al. 2016, Layer Normalization (arXiv 1607.06450)
 * @example
 * ```ts
 * import { layerNorm } from "transformer-blocks";
 * import { checkLaws, layerNormLaws } from "transformer-blocks/testing";
 * checkLaws(layerNormLaws, (x) => layerNorm(x));
 * ```
 */
export const layerNormLaws = {
  ...rmsNormLaws,

  /** N(x + c) = N(x) for c in each row. @see Ba et al. 2016 (arXiv 1607.06450), section 5.1 */
  shift: normLaw(
    "a number added to a row changes nothing",
    "N(x + c) = N(x) for c in each row",
    "Ba et al. 2016 (arXiv 1607.06450), section 5.1",
    (norm, { x, shift }) => ({ left: norm(add(x, shift)), right: norm(x) }),
  ),
};
