import { type Checks, checkOptions, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { knownAs } from "../../synonyms";
import type { Ids } from "../ids";
import { nestedIndices } from "../nested-indices";
import { isRecorded, result } from "../record";
import type { Last, Settled, Shape } from "../shape-types";
import { onQuantized, quantizedOf } from "../storage";
import { expectTensor, Tensor } from "../tensor";
import type { Index, IndexShape } from "./gather";
import { where } from "./select";
import { stopGradient } from "./stop-gradient";

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** A row that no gradient flows to, such as that of padding. */
  paddingIndex?: number | undefined;
}
const checks: Checks<EmbeddingOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["paddingIndex paddingIdx padIndex"],
    advice: [
      ["paddingIndex", "maxNorm normType", "scale the rows of the weight instead"],
      ["paddingIndex", "scaleGradByFreq", "scale the gradient instead"],
      ["paddingIndex", "sparse", "gradients are always dense"],
    ],
  },
  { paddingIndex: /* @__PURE__ */ wholeIn({ least: 0 }) },
);

/**
 * Rows of a table: ids [batch][seq] of a weight [rows, size] → [batch, seq, size]. Ids of any other shape do the same: a
 * list gives [seq, size], one id gives [size].
 *
 * @throws RangeError if an id is not a row of the table, naming its row and column
 * @example
 * ```ts
 * import { embedding, tensor } from "transformer-blocks";
 * embedding([[1, 0]], tensor([[1, 2], [3, 4]])).toArray(); // [[[3, 4], [1, 2]]]
 * ```
 */
export function embedding<W extends Shape, Wanted extends Shape = Shape>(
  ids: readonly number[],
  weight: Tensor<W>,
  options?: EmbeddingOptions,
): Tensor<Settled<[seq: number, size: Last<W>], Wanted>>;
export function embedding<W extends Shape, Wanted extends Shape = Shape>(
  ids: Ids,
  weight: Tensor<W>,
  options?: EmbeddingOptions,
): Tensor<Settled<[batch: number, seq: number, size: Last<W>], Wanted>>;
export function embedding<W extends Shape, const I extends Index, Wanted extends Shape = Shape>(
  ids: I,
  weight: Tensor<W>,
  options?: EmbeddingOptions,
): Tensor<Settled<[...IndexShape<I>, Last<W>], Wanted>>;
export function embedding(ids: Index, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  expectTensor("embedding", "weight", weight);
  checkOptions("embedding", options, checks);
  const { paddingIndex } = options;
  const [rows, size] = weight.shape;
  if (weight.rank !== 2) throw new ShapeError(`embedding: the weight ${weight.describe()} is not [rows, size]`);
  if (paddingIndex !== undefined && paddingIndex >= rows!)
    throw new RangeError(`embedding: paddingIndex ${paddingIndex} is not a row of the weight ${weight.describe()}`);
  const { values, shape } = nestedIndices("embedding: ids", ids, rows!);
  const vectors = gatherRows(weight, values, [...shape, size!]);
  if (paddingIndex === undefined || !isRecorded([weight]) || !values.includes(paddingIndex)) return vectors;
  const isReal = new Tensor(
    [...shape, 1],
    Float32Array.from(values, (id) => Number(id !== paddingIndex)),
  );
  return where(isReal, vectors, stopGradient(vectors));
}

/** Rows `ids` of a weight [rows, size]. */
export function gatherRows(weight: Tensor, ids: Int32Array, shape: Shape): Tensor {
  const quantized = quantizedOf(weight);
  const vectors = quantized
    ? onQuantized().rows(quantized, ids)
    : kernels().gatherRows(weight.buffer, ids, weight.shape[1]!);
  return result("embedding", [weight], { ids }, shape, vectors);
}
