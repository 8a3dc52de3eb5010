import { refuseMore } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { dequantizeRows } from "../../kernels/internal";
import { type Ids, indices } from "../ids";
import { result } from "../record";
import type { Last, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";

/**
 * Rows of a table: ids [batch][seq] of a weight [rows, size] → [batch, seq, size]; a single list of ids → [seq, size].
 * An empty array is an empty list of ids.
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
): Tensor<Settled<[seq: number, size: Last<W>], Wanted>>;
export function embedding<W extends Shape, Wanted extends Shape = Shape>(
  ids: Ids,
  weight: Tensor<W>,
): Tensor<Settled<[batch: number, seq: number, size: Last<W>], Wanted>>;
export function embedding(ids: Ids | readonly number[], weight: Tensor, ...more: unknown[]): Tensor {
  refuseMore("embedding", more);
  expectTensor("embedding", "weight", weight);
  const [rows, size] = weight.shape;
  if (weight.rank !== 2) throw new ShapeError(`embedding: the weight ${weight.describe()} is not [rows, size]`);
  const { values, shape } = indices("embedding: ids", ids, rows!);
  return gatherRows(weight, values, [...(ids.length === 0 ? [0] : shape), size!]);
}

/** Rows `ids` of a weight [rows, size]. */
export function gatherRows(weight: Tensor, ids: Int32Array, shape: Shape): Tensor {
  const { quantized } = weight;
  const vectors = quantized
    ? dequantizeRows(quantized, ids)
    : kernels().gatherRows(weight.buffer, ids, weight.shape[1]!);
  return result("embedding", [weight], { ids }, shape, vectors);
}
