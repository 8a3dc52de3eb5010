import { kernels, type View } from "../../kernels";
import { addView as add, readView as read } from "../../kernels/internal";
import { result } from "../record";
import { alongAxis, sizeOf } from "../shape";
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

/** Elements along an axis: `length` of them, `step` apart. */
export interface Stretch {
  start: number;
  length: number;
  step: number;
}

/** A slice whose places are known to be inside the axis. */
export function sliced(x: Tensor, index: number, { start, length, step }: Stretch): Tensor {
  const { outer, size, inner } = alongAxis(x.shape, index);
  // Without gaps, the elements of an index are contiguous with those of the next: one axis is copied faster than two.
  const view =
    step === 1
      ? { shape: [outer, length * inner], start: start * inner, steps: [size * inner, 1] }
      : { shape: [outer, length, inner], start: start * inner, steps: [size * inner, step * inner, 1] };
  return readView(x, view, x.shape.with(index, length));
}
