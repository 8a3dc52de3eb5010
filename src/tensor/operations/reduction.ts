import { type Axis, kernels } from "../../kernels";
import { sum as addUp } from "../../kernels/internal";
import { result } from "../record";
import { type AxisOptions, axisChecks, sizeOf } from "../shape";
import type { Axes, ReducedShape, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { divide } from "./elementwise";
import { reshape } from "./layout";
import { reducible } from "./reducible";
import { readView } from "./view";

/** The sum of all elements, or along one axis or several; with `keepAxis` summed axes stay with size 1. */
export function sum<
  const S extends Shape,
  const Axis extends Axes = undefined,
  const Keep extends boolean | undefined = undefined,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options?: AxisOptions<Axis, Keep>): Tensor<Settled<ReducedShape<S, Axis, Keep>, Wanted>>;
export function sum(x: Tensor, options?: AxisOptions): Tensor {
  return summed("sum", x, options);
}

/** The mean of all elements, or along one axis or several. */
export function mean<
  const S extends Shape,
  const Axis extends Axes = undefined,
  const Keep extends boolean | undefined = undefined,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options?: AxisOptions<Axis, Keep>): Tensor<Settled<ReducedShape<S, Axis, Keep>, Wanted>>;
export function mean(x: Tensor, options?: AxisOptions): Tensor {
  const total = summed("mean", x, options);
  return divide(total, x.size / Math.max(1, total.size));
}

function summed(operation: string, x: Tensor, options: AxisOptions | undefined): Tensor {
  expectTensor(operation, "x", x);
  const { lines, axis, shape } = reducible(operation, x, options, axisChecks);
  return sumLines(lines, axis, shape);
}

/** The sum of every line along the axis. */
export const sumLines = (x: Tensor, axis: Axis, shape: Shape): Tensor =>
  result("sum", [x], axis, shape, kernels().run(addUp, x.buffer, axis));

/** Every number repeated along the axis: the gradient of `sumLines`. */
export const repeatLines = (x: Tensor, { outer, size, inner }: Axis, shape: Shape): Tensor =>
  readView(x, { shape: [outer, size, inner], start: 0, steps: [inner, 0, 1] }, shape);

/** Sums x down to a shape that broadcasts to its own: the gradient of broadcasting. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  let reduced = x;
  const missing = x.rank - shape.length;
  if (missing > 0)
    reduced = sum(reshape(x, [sizeOf(x.shape.slice(0, missing)), ...x.shape.slice(missing)]), { axis: 0 });
  shape.forEach((size, axis) => {
    if (size === 1 && reduced.shape[axis] !== 1) reduced = sum(reduced, { axis, keepAxis: true });
  });
  return reduced;
}
