import { kernels } from "../../kernels";
import { result } from "../record";
import { alongAxis, axisIndex, sizeOf } from "../shape";
import type { Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { divide } from "./elementwise";
import { reshape } from "./layout";

/** The sum of all elements, or along one axis, which stays with size 1 if `keepAxis`. */
export function sum(x: Tensor): Tensor<[]>;
export function sum(x: Tensor, options: { axis?: number; keepAxis?: boolean }): Tensor;
export function sum(x: Tensor, options: { axis?: number; keepAxis?: boolean } = {}): Tensor {
  expectTensor("sum", "x", x);
  if (options.axis === undefined) {
    const total = { outer: 1, size: x.size, inner: 1 };
    return result("sum", [x], total, [], kernels().sum(x.buffer, total));
  }
  const index = axisIndex("sum", x.shape, options.axis);
  const axis = alongAxis(x.shape, index);
  const shape = options.keepAxis ? x.shape.with(index, 1) : x.shape.toSpliced(index, 1);
  return result("sum", [x], axis, shape, kernels().sum(x.buffer, axis));
}

/** The mean of all elements, or along one axis. */
export function mean(x: Tensor): Tensor<[]>;
export function mean(x: Tensor, options: { axis?: number; keepAxis?: boolean }): Tensor;
export function mean(x: Tensor, options: { axis?: number; keepAxis?: boolean } = {}): Tensor {
  const total = sum(x, options);
  return divide(total, sizeOf(x.shape) / Math.max(1, total.size));
}

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
