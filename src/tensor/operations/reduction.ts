import { type Axis, kernels } from "../../kernels";
import { sum as addUp } from "../../kernels/internal";
import { result } from "../record";
import { axisChecks, sizeOf } from "../shape";
import type { Shape } from "../shape-types";
import type { Tensor } from "../tensor";
import { divide } from "./elementwise";
import { reshape } from "./layout";
import { type Reducible, type Reducing, reducing } from "./reducible";
import { readView } from "./view";

/**
 * The sum of all elements, or along one axis or several; with `keepAxis` summed axes stay with size 1.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 * @example
 * ```ts
 * import { sum, tensor } from "transformer-blocks";
 * const x = tensor([[1, 2], [3, 4]]);
 * sum(x).item();                                  // 10
 * sum(x, { axis: 1 }).toArray();                  // [3, 7]
 * sum(x, { axis: 1, keepAxis: true }).toArray();  // [[3], [7]]
 * ```
 */
export const sum: Reducing = /* @__PURE__ */ reducing("sum", axisChecks, summed);

/**
 * The mean of all elements, or along one axis or several. The mean of no elements is NaN.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 * @example
 * ```ts
 * import { mean, tensor } from "transformer-blocks";
 * mean(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(); // [2, 3]
 * ```
 */
export const mean: Reducing = /* @__PURE__ */ reducing("mean", axisChecks, (lines) =>
  divide(summed(lines), lines.axis.size),
);

function summed({ lines, axis, shape }: Reducible): Tensor {
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
