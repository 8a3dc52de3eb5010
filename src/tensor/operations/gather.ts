import { checkOptions } from "../../checks";
import { ShapeError } from "../../errors";
import type { Indices } from "../ids";
import { nestedIndices } from "../nested-indices";
import { type AlongOptions, alongAxis, axisAlong, axisCheck, listShape, sameShape, show } from "../shape";
import type { NestedArray, Settled, Shape, ShapeOf, SliceShape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { add } from "./elementwise";
import { slice } from "./slice";
import { flatPlaces, put, take } from "./take";

/** Whole numbers: nested arrays, or a tensor of them. */
export type Index = NestedArray | Tensor;
export type IndexShape<I extends Index> = I extends Tensor<infer S> ? S : ShapeOf<I>;
type IndexCount<I extends Index> = IndexShape<I> extends readonly [infer N extends number] ? N : number;

/**
 * The elements at chosen places along an axis: y[i, j, k] = x[i, index[i, j, k], k] for axis 1. The index has as many axes
 * as x and gives y its shape; along the other axes it may be shorter than x. Gradients of an element that is chosen
 * several times add up.
 *
 * @throws ShapeError if the index does not fit x; RangeError for an index out of range, naming its place; negative ones
 * are refused
 * @example
 * ```ts
 * import { gather, tensor } from "transformer-blocks";
 * gather(tensor([[1, 2], [3, 4]]), [[1], [0]], { axis: 1 }).toArray(); // [[2], [3]]
 * ```
 */
export function gather<const I extends Index, Wanted extends Shape = Shape>(
  x: Tensor,
  index: I,
  options: AlongOptions,
): Tensor<Settled<IndexShape<I>, Wanted>>;
export function gather(x: Tensor, index: Index, options: AlongOptions): Tensor {
  const axis = checked("gather", x, options);
  const from = listShape(x.shape);
  const found = nestedIndices("gather: index", index, from[axis]!);
  return take(x, placesIn("gather", from, axis, found), found.shape);
}

/**
 * Whole slices at chosen places along an axis, in the order of the list: rows for axis 0.
 *
 * @throws RangeError for an index out of range, naming its place; negative ones are refused
 * @example
 * ```ts
 * import { indexSelect, tensor } from "transformer-blocks";
 * indexSelect(tensor([[1, 2], [3, 4]]), [1, 1, 0], { axis: 0 }).toArray(); // [[3, 4], [3, 4], [1, 2]]
 * ```
 */
export function indexSelect<
  const S extends Shape,
  const I extends Index,
  const Axis extends number,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, indices: I, options: AlongOptions<Axis>): Tensor<Settled<SliceShape<S, Axis, IndexCount<I>>, Wanted>>;
export function indexSelect(x: Tensor, indices: Index, options: AlongOptions): Tensor {
  const axis = checked("indexSelect", x, options);
  const from = listShape(x.shape);
  const { values, shape } = nestedIndices("indexSelect: indices", indices, from[axis]!);
  if (shape.length > 1)
    throw new ShapeError(
      `indexSelect: indices of shape ${show(shape)} are not a list; gather takes one for each element`,
    );
  if (x.rank === 0 && values.length !== 1)
    throw new ShapeError(
      `indexSelect: x is a single number, but there are ${values.length} indices; reshape x to [1] to choose it that often`,
    );
  const selected = x.rank === 0 ? [] : x.shape.with(axis, values.length);
  return take(x, { axis: alongAxis(from, axis), places: values }, selected);
}

/**
 * x with each element of `source` added at its place along an axis: y[i, index[i, j, k], k] += source[i, j, k] for axis 1.
 * The index has as many axes as x; source may be longer, and the rest of it is not used. A list of indices adds whole slices of
 * `source` instead, as `index_add` in PyTorch: y[:, index[j], :] += source[:, j, :]. It is the gradient of `gather` and
 * `indexSelect`.
 *
 * @throws ShapeError if the index or the source does not fit; RangeError for an index out of range, naming its place;
 * negative ones are refused
 * @example
 * ```ts
 * import { scatterAdd, tensor, zeros } from "transformer-blocks";
 * scatterAdd(zeros([3]), [2, 0, 2], tensor([1, 2, 3]), { axis: 0 }).toArray(); // [2, 0, 4]
 * scatterAdd(zeros([2, 2]), [1, 1], tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(); // [[0, 0], [4, 6]]
 * ```
 */
export function scatterAdd<S extends Shape>(
  x: Tensor<S>,
  index: Index,
  source: Tensor,
  options: AlongOptions,
): Tensor<S>;
export function scatterAdd(x: Tensor, index: Index, source: Tensor, options: AlongOptions): Tensor {
  const axis = checked("scatterAdd", x, options);
  expectTensor("scatterAdd", "source", source);
  const into = listShape(x.shape);
  const found = nestedIndices("scatterAdd: index", index, into[axis]!);
  if (found.shape.length === 1 && into.length > 1) return add(x, putSlices(x.shape, axis, found.values, source));
  const places = placesIn("scatterAdd", into, axis, found);
  return add(x, put(cut(source, found.shape), places, x.shape));
}

function putSlices(shape: Shape, axis: number, places: Int32Array, source: Tensor): Tensor {
  const wanted = shape.with(axis, places.length);
  if (!sameShape(source.shape, wanted))
    throw new ShapeError(
      `scatterAdd: the source ${show(source.shape)} must have shape ${show(wanted)}: one slice for each of the ${places.length} indices`,
    );
  return put(source, { axis: alongAxis(shape, axis), places }, shape);
}

function checked(operation: string, x: Tensor, options: AlongOptions): number {
  expectTensor(operation, "x", x);
  checkOptions(operation, options, axisCheck, ["axis"]);
  return axisAlong(operation, x.shape, options.axis);
}

/** The places of an index with as many axes as x. Without elements it may have any shape. */
function placesIn(operation: string, from: Shape, axis: number, { values, shape }: Indices) {
  const within = listShape(shape);
  const fits = within.length === from.length && within.every((size, each) => each === axis || size <= from[each]!);
  if (!fits && values.length > 0)
    throw new ShapeError(
      `${operation}: the index ${show(shape)} does not fit ${show(from)}: it needs as many axes, and only axis ${axis} may be longer` +
        `${shape.length === 1 && operation === "gather" ? "; indexSelect takes whole slices" : ""}`,
    );
  return flatPlaces(from, axis, within, values);
}

/** The beginning of the source along each axis. */
function cut(source: Tensor, shape: Shape): Tensor {
  const [own, wanted] = [listShape(source.shape), listShape(shape)];
  if (own.length !== wanted.length || wanted.some((size, axis) => size > own[axis]!))
    throw new ShapeError(
      `scatterAdd: the source ${show(source.shape)} does not cover the index ${show(shape)}: it needs as many axes, and none may be shorter`,
    );
  let part = source;
  for (const [axis, size] of wanted.entries()) if (size < own[axis]!) part = slice(part, { axis, start: 0, end: size });
  return part;
}
