import type * as fc from "fast-check";
import { type Checks, checkOptions, expectBoolean, having, wholeIn } from "../checks";
import { type HeadShape, type Shape, Tensor } from "../tensor";
import { checkShape, sizeOf } from "../tensor/internal";
import { type FastCheck, fastCheck } from "./drawing";

/** Options of `tensors`. */
export interface TensorsOptions {
  /** The source of each number; multiples of 1/16 from −4 to 4 if omitted, so that counterexamples are short. */
  values?: fc.Arbitrary<number> | undefined;
}

/** Options of `attentionInputs`. */
export interface AttentionInputsOptions extends TensorsOptions {
  /** As many keys as queries, as in self-attention. */
  selfAttention?: boolean | undefined;
  /** Whether fewer key heads than query heads may be drawn; true if omitted. */
  grouped?: boolean | undefined;
  /** The largest number of queries, and of keys; 5 if omitted. */
  maxLength?: number | undefined;
  /** The largest head size; 4 if omitted. */
  maxHeadDim?: number | undefined;
}

const checks: Checks<TensorsOptions> = { values: having(["generate", "map"], "a fast-check arbitrary") };
const length = wholeIn({ least: 1, most: 1024 });
export const inputsChecks: Checks<AttentionInputsOptions> = {
  ...checks,
  selfAttention: expectBoolean,
  grouped: expectBoolean,
  maxLength: length,
  maxHeadDim: length,
};

/** Queries, keys and values that `attentionInputs` draws. */
export interface AttentionInputs {
  /** [batch, queries, heads, headDim] */
  q: Tensor<HeadShape>;
  /** [batch, keys, keyValueHeads, headDim] */
  k: Tensor<HeadShape>;
  /** [batch, keys, keyValueHeads, headDim] */
  v: Tensor<HeadShape>;
}

/** From −4 to 4. */
export const sixteenths = ({ integer }: FastCheck) => integer({ min: -64, max: 64 }).map((n) => n / 16);

/**
 * Tensors of a shape, or of any shape of one to three axes of one to four elements. They shrink towards fewer axes,
 * smaller sizes and zeros, and a counterexample prints as `tensor([[1, 0]])`.
 *
 * @example
 * ```ts
 * import fc from "fast-check";
 * import { softmax } from "transformer-blocks";
 * import { rowsSumToOne, tensors } from "transformer-blocks/testing";
 * fc.assert(fc.property(tensors(), (x) => rowsSumToOne(softmax(x))));
 * ```
 */
export function tensors(): fc.Arbitrary<Tensor>;
export function tensors<const S extends Shape>(shape: S, options?: TensorsOptions): fc.Arbitrary<Tensor<S>>;
export function tensors(shape: undefined, options: TensorsOptions): fc.Arbitrary<Tensor>;
export function tensors(shape?: Shape, options: TensorsOptions = {}): fc.Arbitrary<Tensor> {
  if (shape !== undefined) checkShape("tensors", shape);
  checkOptions("tensors", options, checks);
  const fc = fastCheck("tensors");
  const { values = sixteenths(fc) } = options;
  if (shape === undefined) {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    return fc.tuple(shapes, supply(fc, 4 ** 3, values)).map(([drawn, numbers]) => filled(drawn, numbers));
  }
  const size = sizeOf(shape);
  return fc.array(values, { minLength: size, maxLength: size }).map((numbers) => filled(shape, numbers));
}

/**
 * Numbers for a tensor whose shape is drawn separately; they repeat if there are too few. Shape and numbers shrink
 * independently, down to a single bad number.
 */
const supply = (fc: FastCheck, most: number, values: fc.Arbitrary<number>) =>
  fc.array(values, { minLength: 1, maxLength: most, size: "max" });

/** A tensor of any shape from a few numbers, repeated. */
export function filled<S extends Shape>(shape: S, numbers: readonly number[]): Tensor<S> {
  return printable(
    new Tensor(
      shape,
      new Float32Array(sizeOf(shape)).map((_, i) => numbers[i % numbers.length]!),
    ),
  );
}

/** Where fast-check looks for a value's own text, in every copy of it. */
const PRINT = Symbol.for("fast-check/toStringMethod");

/** Lets fast-check print a counterexample that can be pasted into a test. */
function printable<S extends Shape>(tensor: Tensor<S>): Tensor<S> {
  const print = () =>
    tensor.size === 0 ? `zeros(${JSON.stringify(tensor.shape)})` : `tensor(${JSON.stringify(tensor.toArray())})`;
  return Object.defineProperty(tensor, PRINT, { value: print });
}

/**
 * Queries, keys and values of matching shapes: one or two batches, up to five queries and keys, up to two key heads
 * each shared by up to three query heads.
 *
 * @example
 * ```ts
 * import fc from "fast-check";
 * import { attentionWeights } from "transformer-blocks";
 * import { attentionInputs, rowsSumToOne } from "transformer-blocks/testing";
 * fc.assert(fc.property(attentionInputs(), ({ q, k }) => rowsSumToOne(attentionWeights(q, k))));
 * ```
 */
export function attentionInputs(options: AttentionInputsOptions = {}): fc.Arbitrary<AttentionInputs> {
  checkOptions("attentionInputs", options, inputsChecks);
  const fc = fastCheck("attentionInputs");
  const { selfAttention = false, grouped = true, maxLength = 5, maxHeadDim = 4, values = sixteenths(fc) } = options;
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const most = MOST_BATCHES * MOST_KEY_HEADS * maxLength * maxHeadDim;
  return fc
    .record({
      batch: upTo(MOST_BATCHES),
      queries: upTo(maxLength),
      keys: upTo(maxLength),
      keyValueHeads: upTo(MOST_KEY_HEADS),
      group: upTo(grouped ? MOST_SHARING : 1),
      headDim: upTo(maxHeadDim),
      q: supply(fc, most * (grouped ? MOST_SHARING : 1), values),
      k: supply(fc, most, values),
      v: supply(fc, most, values),
    })
    .map(({ batch, queries, keys, keyValueHeads, group, headDim, q, k, v }) => {
      const memory: HeadShape = [batch, selfAttention ? queries : keys, keyValueHeads, headDim];
      return {
        q: filled<HeadShape>([batch, queries, keyValueHeads * group, headDim], q),
        k: filled(memory, k),
        v: filled(memory, v),
      };
    });
}

const MOST_BATCHES = 2;
const MOST_KEY_HEADS = 2;
/** The largest number of query heads that share a key head. */
const MOST_SHARING = 3;
