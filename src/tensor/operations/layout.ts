import { type Checks, checkOptions, expectArray, refuseMore, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { knownAs } from "../../synonyms";
import type { ReshapeShape, TransposedShape } from "../layout-types";
import { result } from "../record";
import { axisAlong, axisIndex, checkShape, show, sizeOf } from "../shape";
import type { Check, PermuteShape, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { readView, stepsOf } from "./view";

/**
 * The same numbers in another shape. One size may be −1: it follows from the number of elements.
 *
 * @throws ShapeError if the number of elements differs
 * @example
 * ```ts
 * import { reshape, zeros } from "transformer-blocks";
 * reshape(zeros([2, 3, 4]), [-1, 4]).shape; // [6, 4]
 * ```
 */
export function reshape<const S extends Shape, const To extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  shape: To & Check<ReshapeShape<S, To>, "reshape: no size in place of −1 keeps the number of elements">,
): Tensor<Settled<ReshapeShape<S, To>, Wanted>>;
export function reshape(x: Tensor, shape: Shape, ...more: unknown[]): Tensor {
  refuseMore("reshape", more);
  expectTensor("reshape", "x", x);
  const known = isArray(shape) && shape.includes(-1) ? completed(x, shape) : shape;
  checkShape("reshape", known);
  return reshaped(x, known);
}

/** The same numbers in another shape without −1. A page whose operations use only this one bundles no more of `reshape`. */
export function reshaped<const S extends Shape>(x: Tensor, shape: S): Tensor<S> {
  expectTensor("reshape", "x", x);
  if (sizeOf(shape) !== x.size)
    throw new ShapeError(`reshape: ${show(x.shape)} has ${x.size} elements, ${show(shape)} has ${sizeOf(shape)}`);
  return result("reshape", [x], undefined, shape, x.buffer);
}

const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The shape with a size for its first −1. */
function completed(x: Tensor, shape: Shape): Shape {
  const place = shape.indexOf(-1);
  const others = shape.with(place, 1);
  if (others.includes(-1))
    throw new ShapeError(`reshape: ${show(shape)} leaves more than one size open; only one may be −1`);
  checkShape("reshape", others);
  const size = x.size / sizeOf(others);
  if (!Number.isInteger(size))
    throw new ShapeError(
      `reshape: ${x.size} elements of ${show(x.shape)} leave no single size for −1 in ${show(shape)}`,
    );
  return shape.with(place, size);
}

/**
 * The axes in another order: axis i of the result is axis `order[i]` of x.
 *
 * @throws ShapeError if the order does not name each axis once
 * @example
 * ```ts
 * import { permute, zeros } from "transformer-blocks";
 * permute(zeros([2, 3, 4]), [2, 0, 1]).shape; // [4, 2, 3]
 * ```
 */
export function permute<const S extends Shape, const Order extends readonly number[], Wanted extends Shape = Shape>(
  x: Tensor<S>,
  order: Order,
): Tensor<Settled<PermuteShape<S, Order>, Wanted>>;
export function permute(x: Tensor, order: readonly number[], ...more: unknown[]): Tensor {
  refuseMore("permute", more);
  expectTensor("permute", "x", x);
  expectArray("permute", "order", order);
  return permuted("permute", x, "order", order);
}

function permuted(operation: string, x: Tensor, list: string, order: readonly number[]): Tensor {
  const axes: number[] = [];
  for (let i = 0; i < order.length; i++) axes.push(axisIndex(operation, x.shape, order[i]!, i, list));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank)
    throw new ShapeError(`${operation}: ${list} ${show(order)} does not name each axis of ${show(x.shape)} once`);
  return inOrder(x, axes);
}

/** The axes in an order that is known to name each once, counted from the front. */
export function inOrder(x: Tensor, axes: readonly number[]): Tensor {
  const steps = stepsOf(x.shape);
  const shape = axes.map((axis) => x.shape[axis]!);
  return readView(x, { shape, start: 0, steps: axes.map((axis) => steps[axis]!) });
}

/** Options of `transpose`. */
export interface TransposeOptions<Order extends readonly number[] | undefined = readonly number[] | undefined> {
  /** Two axes to exchange, the last two if omitted; or more, all of them in their new order, as `permute` takes them. */
  axes?: Order | undefined;
}
const transposeChecks: Checks<TransposeOptions> = /* @__PURE__ */ knownAs(
  { options: ["axes order perm permutation"] },
  { axes: expectArray },
);

/**
 * Two axes exchanged: the last two if omitted. A list of three or more axes is their new order.
 *
 * @throws ShapeError if x has fewer than two axes and none are named, or if an order does not name each axis once
 * @example
 * ```ts
 * import { transpose, zeros } from "transformer-blocks";
 * transpose(zeros([2, 3, 4])).shape;                   // [2, 4, 3]
 * transpose(zeros([2, 3, 4]), { axes: [0, 2] }).shape; // [4, 3, 2]
 * ```
 */
export function transpose<
  const S extends Shape,
  const Order extends readonly number[] | undefined = undefined,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options?: TransposeOptions<Order>): Tensor<Settled<TransposedShape<S, Order>, Wanted>>;
export function transpose(x: Tensor, options: TransposeOptions = {}): Tensor {
  expectTensor("transpose", "x", x);
  checkOptions("transpose", options, transposeChecks);
  const { axes } = options;
  if (axes === undefined && x.rank < 2) throw new ShapeError(`transpose: ${show(x.shape)} has fewer than two axes`);
  if (axes !== undefined && axes.length !== 2) return permuted("transpose", x, "axes", axes);
  const [a, b] = (axes ?? [-2, -1]).map((axis) => axisAlong("transpose", x.shape, axis)) as [number, number];
  return permuted(
    "transpose",
    x,
    "axes",
    x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
}

/**
 * The lower triangle of each matrix, zeros above; `diagonal` 0 is the main diagonal, positive ones are above it.
 *
 * @throws ShapeError if x has fewer than two axes
 * @example
 * ```ts
 * import { ones, tril } from "transformer-blocks";
 * tril(ones([2, 2])).toArray(); // [[1, 0], [1, 1]]
 * ```
 */
export const tril = <S extends Shape>(x: Tensor<S>, options?: TriangleOptions): Tensor<S> =>
  triangle("tril", "lower", x, options);

/**
 * The upper triangle of each matrix, zeros below; `diagonal` as in `tril`.
 *
 * @throws ShapeError if x has fewer than two axes
 * @example
 * ```ts
 * import { ones, triu } from "transformer-blocks";
 * triu(ones([2, 2]), { diagonal: 1 }).toArray(); // [[0, 1], [0, 0]]
 * ```
 */
export const triu = <S extends Shape>(x: Tensor<S>, options?: TriangleOptions): Tensor<S> =>
  triangle("triu", "upper", x, options);

/** Options of `tril` and `triu`. */
export interface TriangleOptions {
  diagonal?: number | undefined;
}
const triangleChecks: Checks<TriangleOptions> = { diagonal: /* @__PURE__ */ wholeIn() };

function triangle<S extends Shape>(
  operation: string,
  side: "lower" | "upper",
  x: Tensor<S>,
  options: TriangleOptions = {},
): Tensor<S> {
  expectTensor(operation, "x", x);
  checkOptions(operation, options, triangleChecks);
  if (x.rank < 2) throw new ShapeError(`${operation}: ${show(x.shape)} has fewer than two axes`);
  return halved(side, x, options.diagonal ?? 0);
}

/** A triangle of each matrix of a tensor that is known to have two axes or more. */
export function halved<S extends Shape>(side: "lower" | "upper", x: Tensor<S>, diagonal: number): Tensor<S> {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  return result(
    "triangle",
    [x],
    { diagonal, side },
    x.shape,
    kernels().triangle(x.buffer, rows, columns, diagonal, side),
  );
}
