import type { View } from "../../kernels";
import { reshape, tril, triu } from "../operations/layout";
import { repeatLines, sum } from "../operations/reduction";
import { slice } from "../operations/slice";
import { addView, readView, stepsOf } from "../operations/view";
import { alongAxis, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const layoutGradients: Pick<
  GradientTable,
  "sum" | "reshape" | "readView" | "addView" | "concatenate" | "triangle"
> = {
  sum: (g, { spec: axis, inputs: [x] }) => [repeatLines(g, axis, x.shape)],

  reshape: (g, { inputs: [x] }) => [reshape(g, x.shape)],

  readView: (g, { spec: view, inputs: [x] }) => [added(g, view, x.shape)],

  addView: (g, { spec: view, inputs: [y] }) => [readView(g, view, y.shape)],

  concatenate: (g, { spec: { axis }, inputs }) => {
    let start = 0;
    return inputs.map((input) => {
      const { size } = alongAxis(input.shape, axis);
      start += size;
      return slice(g, { axis, start: start - size, end: start });
    });
  },

  triangle: (g, { spec: { diagonal, side } }) => [side === "lower" ? tril(g, { diagonal }) : triu(g, { diagonal })],
};

/** `addView`, of which repeated axes are summed first: sums have a faster kernel. */
function added(g: Tensor, view: View, shape: readonly number[]): Tensor {
  const isRepeated = (axis: number) => view.steps[axis] === 0 && view.shape[axis] !== 1;
  const axes = view.shape.flatMap((_, axis) => (isRepeated(axis) ? [axis] : []));
  const y = axes.length === 0 ? g : sum(reshape(g, view.shape), { axis: axes });
  const left = <Part>(parts: readonly Part[]) => parts.filter((_, axis) => !isRepeated(axis));
  const once = { start: view.start, shape: left(view.shape), steps: left(view.steps) };
  return isWhole(once, shape) ? reshape(y, shape) : addView(y, once, shape);
}

/** Whether a view reads every element, in order. */
function isWhole(view: View, shape: readonly number[]): boolean {
  const steps = stepsOf(view.shape);
  const isNext = view.shape.every((size, axis) => size === 1 || view.steps[axis] === steps[axis]);
  return sizeOf(view.shape) === sizeOf(shape) && isNext;
}
