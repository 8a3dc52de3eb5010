import type { Sequence } from "../../blocks";
import { type Checks, checkOptions, wholeIn } from "../../checks";
import { concatenate, slice, type Tensor } from "../../tensor";
import { filled } from "../arbitraries";
import { fastCheck } from "../drawing";
import { fields, type Implementation, only, runner } from "./implementation";
import { Law, type Sides } from "./law";
import { orderBy, place, places, tensor } from "./rows";

/** What laws ask of a block or layer besides x. */
export interface BlockLawPass {
  /** [batch][seq]: 1 for a token, 0 for padding. */
  mask?: readonly (readonly number[])[] | undefined;
  /** [batch][seq]: where each token stands in its text, if that is not 0, 1, 2, … */
  positions?: readonly (readonly number[])[] | undefined;
}

type Vectors = Tensor<Sequence>;

/** Takes and returns [batch, seq, dModel]. */
export type BlockImplementation = Implementation<(x: Vectors, pass?: BlockLawPass) => Tensor>;

/** What the inputs of the laws of blocks must suit. */
export interface SequenceInputsOptions {
  /** The size of a vector; 8 if omitted. */
  dModel?: number | undefined;
  /** The largest number of tokens; 6 if omitted. */
  maxLength?: number | undefined;
}

/** The inputs of laws of sequences; each law has some of these. */
export interface SequenceInput {
  /** [batch, seq, dModel], seq 2 or more */
  x: Vectors;
  /** Other tokens, of the shape of x. */
  other: Vectors;
  /** Where the sequence is cut: 1 to seq − 1. */
  cut: number;
  /** Each place of the sequence once. */
  order: readonly number[];
}

const optionChecks: Checks<SequenceInputsOptions> = {
  dModel: wholeIn({ least: 1, most: 65_536 }),
  maxLength: wholeIn({ least: 2, most: 1024 }),
};
const inputChecks: Checks<SequenceInput> = { x: tensor, other: tensor, cut: place, order: places };

function sequences(where: string, options: SequenceInputsOptions) {
  checkOptions(where, options, optionChecks);
  const { dModel = 8, maxLength = 6 } = options;
  const fc = fastCheck(where);
  const small = fc.integer({ min: -32, max: 32 }).map((n) => n / 16);
  const numbers = fc.array(small, { minLength: 1, maxLength: 96, size: "max" });
  const natural = fc.nat({ max: 1023 });
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 2 }),
      seq: fc.integer({ min: 2, max: maxLength }),
      cut: natural,
      order: fc.array(natural, { minLength: 5, maxLength: 5 }),
      numbers,
      others: numbers,
    })
    .map(({ batch, seq, cut, order, numbers, others }) => ({
      x: filled<Sequence>([batch, seq, dModel], numbers),
      other: filled<Sequence>([batch, seq, dModel], others),
      cut: 1 + (cut % (seq - 1)),
      order: orderBy(order, seq),
    }));
}

interface SequenceTheorem<Run, Name extends keyof SequenceInput> {
  name: string;
  statement: string;
  source: string;
  /** What its inputs are. */
  uses: readonly Name[];
  sides(run: Run, input: Pick<SequenceInput, Name>): Sides;
}

/** A law of a function of sequences. `prepare` gives the function of an implementation. */
export function sequenceLaw<Given, Run, Name extends keyof SequenceInput>(
  kind: string,
  theorem: SequenceTheorem<Run, Name>,
  prepare: (title: string, implementation: Given) => Run,
): Law<Given, Pick<SequenceInput, Name>, SequenceInputsOptions> {
  const { statement, source, uses } = theorem;
  const title = `${kind}, ${theorem.name}`;
  return new Law({
    ...{ name: title, statement, source },
    arbitrary: (options) => sequences(title, options).map((drawn) => only(drawn, uses)),
    check: fields<Pick<SequenceInput, Name>>(only(inputChecks, uses)),
    sides: (implementation, input) => theorem.sides(prepare(title, implementation), input),
  });
}

/** A law of blocks and layers, functions of x. */
export const blockLaw = <Name extends keyof SequenceInput>(
  kind: string,
  theorem: SequenceTheorem<(x: Vectors, pass?: BlockLawPass) => Tensor, Name>,
) =>
  sequenceLaw(kind, theorem, (title, implementation: BlockImplementation) => {
    const run = runner(title, implementation);
    return (x: Vectors, pass: BlockLawPass = {}) => run(x, pass);
  });

/** Side by side along an axis. */
export const joined = (parts: readonly Tensor[], axis: number): Vectors => concatenate(parts, { axis }) as Vectors;

/** The tokens from `start` to before `end`. */
export const part = (x: Tensor, start: number, end?: number): Vectors => slice(x, { axis: 1, start, end }) as Vectors;
