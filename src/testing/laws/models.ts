import type * as fc from "fast-check";
import { KeyValueCache } from "../../blocks";
import { arrayOf, type Checks, checkOptions, wholeIn } from "../../checks";
import type { Ids, Tensor } from "../../tensor";
import { fastCheck } from "../drawing";
import { fields, type Implementation, only, runner } from "./implementation";
import { Law, type Sides } from "./law";
import { paddedBefore, place, range } from "./rows";
import { joined, part } from "./sequences";

/** What laws ask of a model besides ids. */
export interface ModelLawPass {
  /** [batch][seq]: 1 for a token, 0 for padding. */
  mask?: readonly (readonly number[])[] | undefined;
  /** [batch][seq]: where each token stands in its text, if that is not 0, 1, 2, … */
  positions?: readonly (readonly number[])[] | undefined;
  /** Empty before the first tokens of a text, and the same object for those that follow. */
  cache?: KeyValueCache | undefined;
}

type Run = (ids: Ids, pass?: ModelLawPass) => Tensor;

/** Takes ids [batch][seq], and returns logits or hidden states [batch, seq, size]. */
export type ModelImplementation = Implementation<Run>;

/** What the inputs of the laws of models must suit. */
export interface IdsInputsOptions {
  /** Ids are smaller; 8 if omitted. */
  vocabSize?: number | undefined;
  /** The largest number of tokens, half of the longest text; 6 if omitted. */
  maxLength?: number | undefined;
}

/** The inputs of laws of models; each law has some of these. */
export interface IdsInput {
  /** [batch][seq], seq 2 or more */
  ids: Ids;
  /** Other tokens, as many. */
  other: Ids;
  /** Where the text is cut: 1 to seq − 1. */
  cut: number;
}

const optionChecks: Checks<IdsInputsOptions> = {
  vocabSize: wholeIn({ least: 1, most: 2 ** 31 }),
  maxLength: wholeIn({ least: 2, most: 1024 }),
};
const ids = arrayOf(arrayOf(wholeIn({ least: 0 }), "an array of token ids"), "an array of rows");
const inputChecks: Checks<IdsInput> = { ids, other: ids, cut: place };

function texts(where: string, options: IdsInputsOptions): fc.Arbitrary<IdsInput> {
  checkOptions(where, options, optionChecks);
  const { vocabSize = 8, maxLength = 6 } = options;
  const fast = fastCheck(where);
  const tokens = fast.array(fast.nat({ max: vocabSize - 1 }), { minLength: 2 * maxLength, maxLength: 2 * maxLength });
  return fast
    .record({
      batch: fast.integer({ min: 1, max: 2 }),
      seq: fast.integer({ min: 2, max: maxLength }),
      cut: fast.nat({ max: 1023 }),
      tokens,
      others: tokens,
    })
    .map(({ batch, seq, cut, tokens, others }) => {
      const rows = (all: readonly number[]) => range(batch).map((row) => all.slice(row * seq, (row + 1) * seq));
      return { ids: rows(tokens), other: rows(others), cut: 1 + (cut % (seq - 1)) };
    });
}

function modelLaw<Name extends keyof IdsInput>(
  name: string,
  statement: string,
  source: string,
  uses: readonly Name[],
  sides: (model: Run, input: Pick<IdsInput, Name>) => Sides,
): Law<ModelImplementation, Pick<IdsInput, Name>, IdsInputsOptions> {
  const title = `model, ${name}`;
  return new Law({
    ...{ name: title, statement, source },
    arbitrary: (options) => texts(title, options).map((drawn) => only(drawn, uses)),
    check: fields<Pick<IdsInput, Name>>(only(inputChecks, uses)),
    sides: (implementation, input) => {
      const run = runner(title, implementation);
      return sides((rows, pass = {}) => run(rows, pass), input);
    },
  });
}

const cutRows = (rows: Ids, start: number, end?: number): Ids => rows.map((row) => row.slice(start, end));

const everyModelLaws = {
  /** M([x; y]) = [M(x); M(y)] along the batch. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithms 8 to 10 */
  rowsApart: modelLaw(
    "no row of a batch sees another",
    "M([x; y]) = [M(x); M(y)] along the batch",
    "Phuong and Hutter 2022 (arXiv 2207.09238), algorithms 8 to 10",
    ["ids", "other"],
    (model, { ids, other }) => ({ left: model([...ids, ...other]), right: joined([model(ids), model(other)], 0) }),
  ),
};

/**
 * What holds for a decoder M of ids.
 *
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { checkLaws, decoderModelLaws } from "transformer-blocks/testing";
 * const model = gpt({ vocabSize: 9, contextLength: 12, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * checkLaws(decoderModelLaws, model, { inputs: { vocabSize: 9, maxLength: 12 } });
 * ```
 */
export const decoderModelLaws = {
  ...everyModelLaws,

  /** M(x)≤ᵢ = M(x≤ᵢ). @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 10 */
  prefix: modelLaw(
    "the outputs of a prefix do not change when tokens follow",
    "M(x)≤ᵢ = M(x≤ᵢ)",
    "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 10",
    ["ids", "cut"],
    (model, { ids, cut }) => ({ left: part(model(ids), 0, cut), right: model(cutRows(ids, 0, cut)) }),
  ),

  /** [M(x≤ᵢ; c), M(xᵢ₊₁; c), …] = M(x) with a cache c. @see Shazeer 2019 (arXiv 1911.02150), section 2.4 */
  cached: modelLaw(
    "the first tokens at once and then one by one, with a cache, give the same as all at once",
    "[M(x≤ᵢ; c), M(xᵢ₊₁; c), …] = M(x) with a cache c",
    "Shazeer 2019 (arXiv 1911.02150), section 2.4",
    ["ids", "cut"],
    (model, { ids, cut }) => {
      const seq = ids[0]?.length ?? 0;
      const cache = new KeyValueCache({ capacity: Math.max(seq, 1) });
      const first = model(cutRows(ids, 0, cut), { cache });
      const steps = range(Math.max(seq - cut, 0)).map((i) => model(cutRows(ids, cut + i, cut + i + 1), { cache }));
      return { left: joined([first, ...steps], 1), right: model(ids) };
    },
  ),

  /** M([p; x]; mask and positions of x) = M(x) at the tokens of x. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4 */
  paddingBefore: modelLaw(
    "padding before a text, as generation has it, might as well be absent",
    "M([p; x]; mask and positions of x) = M(x) at the tokens of x",
    "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4",
    ["ids", "cut"],
    (model, { ids, cut }) => ({
      left: part(model(ids, paddedBefore([ids.length, ids[0]?.length ?? 0], cut)), cut),
      right: model(cutRows(ids, cut)),
    }),
  ),
};

/** What holds for an encoder M of ids. */
export const encoderModelLaws = {
  ...everyModelLaws,

  /** M([x; p]; mask of x) = M(x) at the tokens of x. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4 */
  paddingIsAbsence: modelLaw(
    "padding might as well be absent",
    "M([x; p]; mask of x) = M(x) at the tokens of x",
    "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4",
    ["ids", "other"],
    (model, { ids, other }) => {
      const seq = ids[0]?.length ?? 0;
      const mask = ids.map((row) => [...row.map(() => 1), ...row.map(() => 0)]);
      const padded = ids.map((row, i) => [...row, ...(other[i] ?? [])]);
      return { left: part(model(padded, { mask }), 0, seq), right: model(ids) };
    },
  ),
};
