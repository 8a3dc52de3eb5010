import { add, divide, exp, multiply } from "./elementwise";
import { composed, type Elementwise, elementwise } from "./map";
import { signOf } from "./sign";

/**
 * −x, element by element.
 *
 * @example
 * ```ts
 * import { negate, tensor } from "transformer-blocks";
 * negate(tensor([1, -2])).toArray(); // [-1, 2]
 * ```
 */
export const negate: Elementwise = /* @__PURE__ */ composed("negate", (x) => multiply(x, -1));

/**
 * 1 / x, element by element.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor } from "transformer-blocks";
 * reciprocal(tensor([2, -4])).toArray(); // [0.5, -0.25]
 * ```
 */
export const reciprocal: Elementwise = /* @__PURE__ */ composed("reciprocal", (x) => divide(1, x));

/**
 * |x|, element by element, with a gradient of 0 at 0.
 *
 * @example
 * ```ts
 * import { abs, tensor } from "transformer-blocks";
 * abs(tensor([1, -2])).toArray(); // [1, 2]
 * ```
 */
export const abs: Elementwise = /* @__PURE__ */ elementwise({
  name: "abs",
  vector: "abs",
  value: Math.abs,
  derivative: (x) => sign(x),
});

/**
 * −1 where x is negative, 0 where it is 0, 1 where it is positive. Its gradient is 0.
 *
 * @example
 * ```ts
 * import { sign, tensor } from "transformer-blocks";
 * sign(tensor([-3, 0, 2])).toArray(); // [-1, 0, 1]
 * ```
 */
export const sign: Elementwise = /* @__PURE__ */ elementwise({
  name: "sign",
  vector: "sign",
  value: signOf,
  derivative: () => 0,
});

/**
 * The nearest whole number; of two equally near ones, the even one. Its gradient is 0.
 *
 * @example
 * ```ts
 * import { round, tensor } from "transformer-blocks";
 * round(tensor([0.4, 1.5, 2.5])).toArray(); // [0, 2, 2]
 * ```
 */
export const round: Elementwise = /* @__PURE__ */ elementwise({
  name: "round",
  vector: "round",
  value: (x) => {
    const up = Math.round(x);
    return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
  },
  derivative: () => 0,
});

/**
 * 1 / √x, element by element.
 *
 * @example
 * ```ts
 * import { rsqrt, tensor } from "transformer-blocks";
 * rsqrt(tensor([4, 0.25])).toArray(); // [0.5, 2]
 * ```
 */
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

/**
 * sin x, element by element, of angles in radians.
 *
 * @example
 * ```ts
 * import { sin, tensor } from "transformer-blocks";
 * sin(tensor([0, Math.PI / 2])).toArray(); // [0, 1]
 * ```
 */
export const sin: Elementwise = /* @__PURE__ */ elementwise({
  name: "sin",
  vector: "sin",
  value: Math.sin,
  derivative: (x) => cos(x),
});

/**
 * cos x, element by element, of angles in radians.
 *
 * @example
 * ```ts
 * import { cos, tensor } from "transformer-blocks";
 * cos(tensor([0, Math.PI])).toArray(); // [1, -1]
 * ```
 */
export const cos: Elementwise = /* @__PURE__ */ elementwise({
  name: "cos",
  vector: "cos",
  value: Math.cos,
  derivative: (x) => negate(sin(x)),
});

/**
 * ln(1 + x), element by element, accurate near 0.
 *
 * @example
 * ```ts
 * import { log1p, tensor } from "transformer-blocks";
 * log1p(tensor([0, 1e-10])).toArray(); // [0, 1e-10]
 * ```
 */
export const log1p: Elementwise = /* @__PURE__ */ elementwise({
  name: "log1p",
  vector: "log1p",
  value: Math.log1p,
  derivative: (x) => divide(1, add(1, x)),
});

/**
 * eˣ − 1, element by element, accurate near 0.
 *
 * @example
 * ```ts
 * import { expm1, tensor } from "transformer-blocks";
 * expm1(tensor([0, 1e-10])).toArray(); // [0, 1e-10]
 * ```
 */
export const expm1: Elementwise = /* @__PURE__ */ elementwise({
  name: "expm1",
  vector: "expm1",
  value: Math.expm1,
  derivative: (x) => exp(x),
});
