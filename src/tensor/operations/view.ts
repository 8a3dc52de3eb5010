import { kernels, type View } from "../../kernels";
import { addView as add, readView as read } from "../../kernels/internal";
import { result } from "../record";
import { sizeOf } from "../shape";
import type { Shape } from "../shape-types";
import type { Tensor } from "../tensor";

/** The step from one element to the next along each axis of a contiguous tensor. */
export function stepsOf(shape: Shape): number[] {
  const steps = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= shape[axis]!;
  }
  return steps;
}

/** A copy of the elements that a view reads, in the shape of the view or another one. */
export function readView(x: Tensor, view: View, shape: Shape = view.shape): Tensor {
  return result("readView", [x], view, shape, kernels().run(read, x.buffer, view));
}

/** Zeros of a shape, to which each element of y is added where the view reads it: the adjoint of `readView`. */
export function addView(y: Tensor, view: View, shape: Shape): Tensor {
  return result("addView", [y], view, shape, kernels().run(add, y.buffer, view, sizeOf(shape)));
}
