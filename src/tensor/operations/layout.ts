import { type Checks, checkOptions, expectArray, refuseMore, wholeIn, wrongKind } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { filledBuffer } from "../make";
import { result } from "../record";
import { alongAxis, axisCheck, axisIndex, checkShape, show, sizeOf } from "../shape";
import type { Check, ConcatenateShape, PermuteShape, Settled, Shape, SliceShape, TransposeShape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";

/** The same numbers in another shape. @throws ShapeError if the number of elements differs */
export function reshape<const S extends Shape, Wanted extends Shape = Shape>(
  x: Tensor,
  shape: S,
): Tensor<Settled<S, Wanted>>;
export function reshape(x: Tensor, shape: Shape, ...more: unknown[]): Tensor {
  refuseMore("reshape", more);
  expectTensor("reshape", "x", x);
  checkShape("reshape", shape);
  if (sizeOf(shape) !== x.size)
    throw new ShapeError(`reshape: ${show(x.shape)} has ${x.size} elements, ${show(shape)} has ${sizeOf(shape)}`);
  return result("reshape", [x], undefined, shape, x.buffer);
}

/** The axes in another order: axis i of the result is axis `order[i]` of x. @throws ShapeError */
export function permute<const S extends Shape, const Order extends readonly number[], Wanted extends Shape = Shape>(
  x: Tensor<S>,
  order: Order,
): Tensor<Settled<PermuteShape<S, Order>, Wanted>>;
export function permute(x: Tensor, order: readonly number[], ...more: unknown[]): Tensor {
  refuseMore("permute", more);
  expectTensor("permute", "x", x);
  expectArray("permute", "order", order);
  const axes: number[] = [];
  for (let i = 0; i < order.length; i++) axes.push(axisIndex("permute", x.shape, order[i]!, i));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank)
    throw new ShapeError(`permute: the order ${show(order)} does not name each axis of ${show(x.shape)} once`);
  const shape = axes.map((axis) => x.shape[axis]!);
  return result("permute", [x], axes, shape, kernels().permute(x.buffer, x.shape, axes));
}

/** The last two axes exchanged. */
export function transpose<const S extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<S>,
): Tensor<Settled<TransposeShape<S>, Wanted>>;
export function transpose(x: Tensor, ...more: unknown[]): Tensor {
  refuseMore("transpose", more);
  expectTensor("transpose", "x", x);
  if (x.rank < 2) throw new ShapeError(`transpose: ${show(x.shape)} has fewer than two axes`);
  const front = x.shape.map((_, axis) => axis).slice(0, -2);
  return permute(x, [...front, -1, -2]);
}

export interface SliceOptions<Axis extends number = number> {
  axis: Axis;
  start?: number | undefined;
  end?: number | undefined;
}
const isPlace = /* @__PURE__ */ wholeIn();
const sliceChecks: Checks<SliceOptions> = { axis: isPlace, start: isPlace, end: isPlace };

/** The elements from `start` (inclusive) to `end` (exclusive) along one axis; negative indices count from the end. */
export function slice<const S extends Shape, const Axis extends number, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options: SliceOptions<Axis>,
): Tensor<Settled<SliceShape<S, Axis>, Wanted>>;
export function slice(x: Tensor, options: SliceOptions): Tensor {
  expectTensor("slice", "x", x);
  checkOptions("slice", options, sliceChecks, ["axis"]);
  const index = axisIndex("slice", x.shape, options.axis);
  const size = x.shape[index]!;
  const place = (value: number) => (value < 0 ? value + size : value);
  const start = place(options.start ?? 0);
  const end = place(options.end ?? size);
  if (start < 0 || end > size || start > end)
    throw new RangeError(
      `slice: ${options.start ?? 0} to ${options.end ?? size} is not inside axis ${options.axis} of ${show(x.shape)}`,
    );
  const axis = alongAxis(x.shape, index);
  const shape = x.shape.with(index, end - start);
  const spec = { axis, start };
  return result("slice", [x], spec, shape, kernels().slice(x.buffer, axis, start, end - start));
}

/** Tensors joined along an axis. @throws ShapeError if another dimension differs */
export function concatenate<
  const Shapes extends readonly Shape[],
  const Axis extends number,
  Wanted extends Shape = Shape,
>(
  tensors: { readonly [I in keyof Shapes]: Tensor<Shapes[I]> } & Check<
    ConcatenateShape<Shapes, Axis>,
    `concatenate: only axis ${Axis} may differ`
  >,
  options: { axis: Axis },
): Tensor<Settled<ConcatenateShape<Shapes, Axis>, Wanted>>;
export function concatenate(tensors: readonly Tensor[], options: { axis: number }): Tensor {
  if (!Array.isArray(tensors as unknown))
    throw wrongKind("concatenate", "tensors", "a list of Tensors, [a, b]", tensors);
  for (const [i, tensor] of tensors.entries()) expectTensor("concatenate", `tensors[${i}]`, tensor);
  checkOptions("concatenate", options, axisCheck, ["axis"]);
  const [first] = tensors;
  if (first === undefined) throw new RangeError("concatenate: the list of tensors is empty");
  const axis = axisIndex("concatenate", first.shape, options.axis);
  for (const { shape } of tensors) {
    if (shape.length !== first.rank || shape.some((size, i) => i !== axis && size !== first.shape[i]))
      throw new ShapeError(
        `concatenate: ${show(first.shape)} and ${show(shape)} differ in more than axis ${options.axis}`,
      );
  }
  const shape = first.shape.with(
    axis,
    tensors.reduce((total, tensor) => total + tensor.shape[axis]!, 0),
  );
  const buffer = filledBuffer("concatenate", shape, 0);
  let start = 0;
  for (const tensor of tensors) {
    if (tensor.size > 0) kernels().place(buffer, alongAxis(shape, axis), start, tensor.buffer);
    start += tensor.shape[axis]!;
  }
  return result("concatenate", tensors, { axis }, shape, buffer);
}

/** The lower triangle of each matrix, zeros above; `diagonal` 0 is the main diagonal, positive ones are above it. */
export const tril = <S extends Shape>(x: Tensor<S>, options?: TriangleOptions): Tensor<S> =>
  triangle("tril", "lower", x, options);

/** The upper triangle of each matrix, zeros below. */
export const triu = <S extends Shape>(x: Tensor<S>, options?: TriangleOptions): Tensor<S> =>
  triangle("triu", "upper", x, options);

export interface TriangleOptions {
  diagonal?: number | undefined;
}
const triangleChecks: Checks<TriangleOptions> = { diagonal: isPlace };

function triangle<S extends Shape>(
  operation: string,
  side: "lower" | "upper",
  x: Tensor<S>,
  options: TriangleOptions = {},
): Tensor<S> {
  expectTensor(operation, "x", x);
  checkOptions(operation, options, triangleChecks);
  if (x.rank < 2) throw new ShapeError(`${operation}: ${show(x.shape)} has fewer than two axes`);
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const { diagonal = 0 } = options;
  return result(
    "triangle",
    [x],
    { diagonal, side },
    x.shape,
    kernels().triangle(x.buffer, rows, columns, diagonal, side),
  );
}
