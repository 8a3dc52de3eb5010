import type { Tensor } from "../tensor";
import { add, divide, log, multiply, subtract } from "./elementwise";
import { abs, negate } from "./functions";
import { type Pairwise, pairwise, relation } from "./pair";
import { where } from "./select";
import { stopGradient } from "./stop-gradient";

/** The share of a gradient that goes to the one taken: 1, half where both are equal. NaN is always taken. */
const share = (isOther: Tensor, isOtherOrEqual: Tensor) => subtract(1, multiply(0.5, add(isOther, isOtherOrEqual)));

/**
 * The greater of a and b, pair by pair, broadcasting; NaN if one of them is. Where they are equal, each gets half of the
 * gradient.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { maximum, tensor } from "transformer-blocks";
 * maximum(tensor([1, 5]), 3).toArray(); // [3, 5]
 * ```
 */
export const maximum: Pairwise<"maximum"> = /* @__PURE__ */ pairwise({
  name: "maximum",
  vector: "maximum",
  value: Math.max,
  derivatives: { a: (a, b) => share(less(a, b), lessEqual(a, b)), b: (a, b) => share(less(b, a), lessEqual(b, a)) },
});

/**
 * The smaller of a and b, pair by pair, broadcasting; NaN if one of them is. Where they are equal, each gets half of the
 * gradient.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { minimum, tensor } from "transformer-blocks";
 * minimum(tensor([1, 5]), 3).toArray(); // [1, 3]
 * ```
 */
export const minimum: Pairwise<"minimum"> = /* @__PURE__ */ pairwise({
  name: "minimum",
  vector: "minimum",
  value: Math.min,
  derivatives: { a: (a, b) => share(less(b, a), lessEqual(b, a)), b: (a, b) => share(less(a, b), lessEqual(a, b)) },
});

/**
 * aᵇ, pair by pair, broadcasting. A negative number has whole powers only; the others are NaN.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { power, tensor } from "transformer-blocks";
 * power(tensor([1, 2, 3]), 2).toArray(); // [1, 4, 9]
 * power(2, tensor([0.5, 3])).toArray();   // [1.4142135, 8]
 * ```
 */
export const power: Pairwise<"power"> = /* @__PURE__ */ pairwise({
  name: "power",
  vector: "power",
  // As in C: 1 to any power is 1, NaN too.
  value: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  derivatives: {
    // b aᵇ⁻¹, without the pole of a⁻¹ where b = 0.
    a: (a, b) =>
      multiply(b, power(where(multiply(equal(b, 0), subtract(1, greater(abs(a), 0))), 1, a), subtract(b, 1))),
    // aᵇ ln a, which is 0 at a = 0 unless b is negative.
    b: (a, b) => multiply(power(a, b), log(where(multiply(equal(a, 0), greaterEqual(b, 0)), 1, a))),
  },
});

/**
 * The angle of the point with the coordinates (b, a), from −π to π, pair by pair, broadcasting: the arc tangent of a / b in
 * the quadrant that both signs name. At (0, 0) its gradient is 0.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { atan2, tensor } from "transformer-blocks";
 * atan2(tensor([1, 1, -1]), tensor([1, -1, 0])).toArray(); // [0.7853982, 2.3561945, -1.5707964]
 * ```
 */
export const atan2: Pairwise<"atan2"> = /* @__PURE__ */ pairwise({
  name: "atan2",
  vector: undefined,
  value: Math.atan2,
  derivatives: { a: (a, b) => perSquare(b, a, b), b: (a, b) => perSquare(negate(a), a, b) },
});

/** x / (a² + b²), and 0 where both are 0. Squares are relative to the larger, so that they neither overflow nor vanish. */
function perSquare(x: Tensor, a: Tensor, b: Tensor): Tensor {
  const larger = stopGradient(maximum(abs(a), abs(b)));
  const unit = where(multiply(greater(larger, 0), less(larger, Infinity)), larger, 1);
  const [p, q] = [divide(a, unit), divide(b, unit)];
  const squares = add(multiply(p, p), multiply(q, q));
  return divide(divide(divide(x, unit), where(equal(squares, 0), 1, squares)), unit);
}

/**
 * 1 where a = b, 0 elsewhere, pair by pair, broadcasting. No gradient flows through it.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { equal, tensor } from "transformer-blocks";
 * equal(tensor([1, 2, 3]), 2).toArray(); // [0, 1, 0]
 * ```
 */
export const equal: Pairwise<"equal"> = /* @__PURE__ */ relation("equal", (a, b) => a === b);

/**
 * 1 where a ≠ b, 0 elsewhere, pair by pair, broadcasting. No gradient flows through it.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { notEqual, tensor } from "transformer-blocks";
 * notEqual(tensor([1, 2, 3]), 2).toArray(); // [1, 0, 1]
 * ```
 */
export const notEqual: Pairwise<"notEqual"> = /* @__PURE__ */ relation("notEqual", (a, b) => a !== b);

/**
 * 1 where a < b, 0 elsewhere, pair by pair, broadcasting. No gradient flows through it.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { less, tensor } from "transformer-blocks";
 * less(tensor([1, 2, 3]), 2).toArray(); // [1, 0, 0]
 * ```
 */
export const less: Pairwise<"less"> = /* @__PURE__ */ relation("less", (a, b) => a < b);

/**
 * 1 where a ≤ b, 0 elsewhere, pair by pair, broadcasting. No gradient flows through it.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { lessEqual, tensor } from "transformer-blocks";
 * lessEqual(tensor([1, 2, 3]), 2).toArray(); // [1, 1, 0]
 * ```
 */
export const lessEqual: Pairwise<"lessEqual"> = /* @__PURE__ */ relation("lessEqual", (a, b) => a <= b);

/**
 * 1 where a > b, 0 elsewhere, pair by pair, broadcasting. No gradient flows through it.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { greater, tensor } from "transformer-blocks";
 * greater(tensor([1, 2, 3]), 2).toArray(); // [0, 0, 1]
 * ```
 */
export const greater: Pairwise<"greater"> = /* @__PURE__ */ relation("greater", (a, b) => a > b);

/**
 * 1 where a ≥ b, 0 elsewhere, pair by pair, broadcasting. No gradient flows through it.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { greaterEqual, tensor } from "transformer-blocks";
 * greaterEqual(tensor([1, 2, 3]), 2).toArray(); // [0, 1, 1]
 * ```
 */
export const greaterEqual: Pairwise<"greaterEqual"> = /* @__PURE__ */ relation("greaterEqual", (a, b) => a >= b);
