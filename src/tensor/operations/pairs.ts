import { type Pairwise, pairwise, relation } from "./pair";

/** The share of a gradient that goes to `own` where the greater, or the smaller, of two is taken. */
const share = (own: number, isTaken: boolean, other: number) => (own === other ? 0.5 : isTaken ? 1 : 0);

/** The greater of a and b, NaN if one is; where they are equal, each has half of the gradient. */
export const maximum: Pairwise<"maximum"> = /* @__PURE__ */ pairwise({
  name: "maximum",
  vector: "maximum",
  value: Math.max,
  slopeA: (a, b) => share(a, !(a < b), b),
  slopeB: (a, b) => share(b, !(b < a), a),
});

/** The smaller of a and b, NaN if one is; where they are equal, each has half of the gradient. */
export const minimum: Pairwise<"minimum"> = /* @__PURE__ */ pairwise({
  name: "minimum",
  vector: "minimum",
  value: Math.min,
  slopeA: (a, b) => share(a, !(a > b), b),
  slopeB: (a, b) => share(b, !(b > a), a),
});

/** aᵇ as in C: 1 to any power and anything to the power of 0 is 1, NaN too. */
const powerOf = (a: number, b: number) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);

/** aᵇ. Of a negative number only whole powers are numbers; others are NaN. */
export const power: Pairwise<"power"> = /* @__PURE__ */ pairwise({
  name: "power",
  vector: "power",
  value: powerOf,
  slopeA: (a, b) => (b === 0 ? 0 : b * powerOf(a, b - 1)),
  slopeB: (a, b) => (a === 0 && b >= 0 ? 0 : powerOf(a, b) * Math.log(a)),
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
