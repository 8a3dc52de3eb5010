import { add, divide, exp, multiply } from "./elementwise";
import { composed, type Elementwise, elementwise } from "./map";
import { signOf } from "./sign";

/** −x */
export const negate: Elementwise = /* @__PURE__ */ composed("negate", (x) => multiply(x, -1));

/** 1 / x */
export const reciprocal: Elementwise = /* @__PURE__ */ composed("reciprocal", (x) => divide(1, x));

/** |x|, with a gradient of 0 at 0. */
export const abs: Elementwise = /* @__PURE__ */ elementwise({
  name: "abs",
  vector: "abs",
  value: Math.abs,
  derivative: (x) => sign(x),
});

/** −1, 0 or 1, as the number is below, at or above 0. Its gradient is 0. */
export const sign: Elementwise = /* @__PURE__ */ elementwise({
  name: "sign",
  vector: "sign",
  value: signOf,
  derivative: () => 0,
});

/** The nearest whole number; of two equally near ones, the even one. Its gradient is 0. */
export const round: Elementwise = /* @__PURE__ */ elementwise({
  name: "round",
  vector: "round",
  value: (x) => {
    const up = Math.round(x);
    return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
  },
  derivative: () => 0,
});

/** 1 / √x */
export const rsqrt: Elementwise = /* @__PURE__ */ elementwise({
  name: "rsqrt",
  vector: "rsqrt",
  value: (x) => 1 / Math.sqrt(x),
  // −y³ / 2: x · √x would make the second derivative NaN where x is infinite.
  derivative: (x) => {
    const y = rsqrt(x);
    return multiply(-0.5, multiply(y, multiply(y, y)));
  },
});

/** The sine of x, in radians. */
export const sin: Elementwise = /* @__PURE__ */ elementwise({
  name: "sin",
  vector: "sin",
  value: Math.sin,
  derivative: (x) => cos(x),
});

/** The cosine of x, in radians. */
export const cos: Elementwise = /* @__PURE__ */ elementwise({
  name: "cos",
  vector: "cos",
  value: Math.cos,
  derivative: (x) => negate(sin(x)),
});

/** ln(1 + x), accurate near 0. */
export const log1p: Elementwise = /* @__PURE__ */ elementwise({
  name: "log1p",
  vector: "log1p",
  value: Math.log1p,
  derivative: (x) => divide(1, add(1, x)),
});

/** eˣ − 1, accurate near 0. */
export const expm1: Elementwise = /* @__PURE__ */ elementwise({
  name: "expm1",
  vector: "expm1",
  value: Math.expm1,
  derivative: (x) => exp(x),
});
