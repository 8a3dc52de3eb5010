import type { Tensor } from "../tensor";
import { add, log, multiply, subtract } from "./elementwise";
import { abs } from "./functions";
import { type Pairwise, pairwise, relation } from "./pair";
import { where } from "./select";

/** The share of a gradient that goes to the one taken: 1, half where both are equal. NaN is always taken. */
const share = (isOther: Tensor, isOtherOrEqual: Tensor) => subtract(1, multiply(0.5, add(isOther, isOtherOrEqual)));

/** The greater of a and b, NaN if one is; where they are equal, each has half of the gradient. */
export const maximum: Pairwise<"maximum"> = /* @__PURE__ */ pairwise({
  name: "maximum",
  vector: "maximum",
  value: Math.max,
  derivatives: { a: (a, b) => share(less(a, b), lessEqual(a, b)), b: (a, b) => share(less(b, a), lessEqual(b, a)) },
});

/** The smaller of a and b, NaN if one is; where they are equal, each has half of the gradient. */
export const minimum: Pairwise<"minimum"> = /* @__PURE__ */ pairwise({
  name: "minimum",
  vector: "minimum",
  value: Math.min,
  derivatives: { a: (a, b) => share(less(b, a), lessEqual(b, a)), b: (a, b) => share(less(a, b), lessEqual(a, b)) },
});

/** aᵇ. Of a negative number only whole powers are numbers; others are NaN. */
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

/** 1 where a = b, 0 elsewhere. No gradient flows through it. */
export const equal: Pairwise<"equal"> = /* @__PURE__ */ relation("equal", (a, b) => a === b);
/** 1 where a ≠ b, 0 elsewhere. No gradient flows through it. */
export const notEqual: Pairwise<"notEqual"> = /* @__PURE__ */ relation("notEqual", (a, b) => a !== b);
/** 1 where a < b, 0 elsewhere. No gradient flows through it. */
export const less: Pairwise<"less"> = /* @__PURE__ */ relation("less", (a, b) => a < b);
/** 1 where a ≤ b, 0 elsewhere. No gradient flows through it. */
export const lessEqual: Pairwise<"lessEqual"> = /* @__PURE__ */ relation("lessEqual", (a, b) => a <= b);
/** 1 where a > b, 0 elsewhere. No gradient flows through it. */
export const greater: Pairwise<"greater"> = /* @__PURE__ */ relation("greater", (a, b) => a > b);
/** 1 where a ≥ b, 0 elsewhere. No gradient flows through it. */
export const greaterEqual: Pairwise<"greaterEqual"> = /* @__PURE__ */ relation("greaterEqual", (a, b) => a >= b);
