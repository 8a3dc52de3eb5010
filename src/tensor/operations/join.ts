import { checkOptions, wrongKind } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { join } from "../../kernels/internal";
import type { StackShape } from "../layout-types";
import { result } from "../record";
import { type AlongOptions, axisCheck, axisIndex, checkSize, sameShape, show, sizeOf } from "../shape";
import type { Check, ConcatenateShape, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { reshape } from "./layout";

/**
 * Tensors joined along an axis: [.., n, ..] and [.., m, ..] → [.., n + m, ..].
 *
 * @throws ShapeError if the shapes differ in another axis; RangeError for an empty list
 * @example
 * ```ts
 * import { concatenate, tensor } from "transformer-blocks";
 * concatenate([tensor([[1], [2]]), tensor([[3, 4], [5, 6]])], { axis: 1 }).toArray(); // [[1, 3, 4], [2, 5, 6]]
 * ```
 */
export function concatenate<
  const Shapes extends readonly Shape[],
  const Axis extends number,
  Wanted extends Shape = Shape,
>(
  tensors: { readonly [I in keyof Shapes]: Tensor<Shapes[I]> } & Check<
    ConcatenateShape<Shapes, Axis>,
    `concatenate: only axis ${Axis} may differ`
  >,
  options: AlongOptions<Axis>,
): Tensor<Settled<ConcatenateShape<Shapes, Axis>, Wanted>>;
export function concatenate(tensors: readonly Tensor[], options: AlongOptions): Tensor {
  const first = expectTensors("concatenate", tensors);
  checkOptions("concatenate", options, axisCheck, ["axis"]);
  const axis = axisIndex("concatenate", first.shape, options.axis);
  for (const { shape } of tensors) {
    if (shape.length !== first.rank || shape.some((size, i) => i !== axis && size !== first.shape[i]))
      throw new ShapeError(
        `concatenate: ${show(first.shape)} and ${show(shape)} differ in more than axis ${options.axis}`,
      );
  }
  return joined("concatenate", tensors, axis);
}

/** Tensors that are known to differ in no other axis, joined along it. */
export function joined(operation: string, tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors as readonly [Tensor, ...Tensor[]];
  const size = tensors.reduce((total, tensor) => total + tensor.shape[axis]!, 0);
  const shape = first.shape.with(axis, size);
  checkSize(operation, shape);
  const buffers = tensors.map((tensor) => tensor.buffer);
  return result("concatenate", tensors, { axis }, shape, kernels().run(join, buffers, sizeOf(shape.slice(0, axis))));
}

/**
 * Tensors of one shape, joined along a new axis at place `axis` of the result.
 *
 * @throws ShapeError if a shape differs
 * @example
 * ```ts
 * import { stack, tensor } from "transformer-blocks";
 * stack([tensor([1, 2]), tensor([3, 4])], { axis: 0 }).toArray();  // [[1, 2], [3, 4]]
 * stack([tensor([1, 2]), tensor([3, 4])], { axis: -1 }).toArray(); // [[1, 3], [2, 4]]
 * ```
 */
export function stack<const Shapes extends readonly Shape[], const Axis extends number, Wanted extends Shape = Shape>(
  tensors: { readonly [I in keyof Shapes]: Tensor<Shapes[I]> } & Check<
    StackShape<Shapes, Axis>,
    "stack: the shapes differ"
  >,
  options: AlongOptions<Axis>,
): Tensor<Settled<StackShape<Shapes, Axis>, Wanted>>;
export function stack(tensors: readonly Tensor[], options: AlongOptions): Tensor {
  const first = expectTensors("stack", tensors);
  checkOptions("stack", options, axisCheck, ["axis"]);
  const { shape } = first;
  const axis = axisIndex("stack", [1, ...shape], options.axis);
  for (const other of tensors)
    if (!sameShape(shape, other.shape))
      throw new ShapeError(`stack: the shapes ${show(shape)} and ${show(other.shape)} differ`);
  const wider = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  return joined(
    "stack",
    tensors.map((tensor) => reshape(tensor, wider)),
    axis,
  );
}

/** The first of a list of tensors. @throws unless there is one and all are tensors */
function expectTensors(operation: string, tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors as unknown)) throw wrongKind(operation, "tensors", "a list of Tensors, [a, b]", tensors);
  for (const [i, tensor] of tensors.entries()) expectTensor(operation, `tensors[${i}]`, tensor);
  const [first] = tensors;
  if (first === undefined) throw new RangeError(`${operation}: the list of tensors is empty`);
  return first;
}
