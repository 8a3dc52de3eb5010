import { type Binary, kernels, type Unary } from "../../kernels";
import { clampGradient, divideGradient, unaryGradient } from "../../kernels/internal";
import { ones, zeros } from "../make";
import { keepPlaces } from "../operations/dropout";
import { add, applied, divide, erf, exp, multiply, sigmoid, sqrt, subtract, tanh } from "../operations/elementwise";
import { negate } from "../operations/functions";
import { sumTo } from "../operations/reduction";
import { where } from "../operations/select";
import { broadcast } from "../shape";
import { Tensor } from "../tensor";
import type { Gradient, GradientTable } from "./table";

type Part = (g: Tensor, a: Tensor, b: Tensor) => Tensor;
type Parts = { [Name in Binary]: { forA: Part; forB: Part } };

const binaryParts: Parts = {
  add: { forA: (g) => g, forB: (g) => g },
  subtract: { forA: (g) => g, forB: (g) => multiply(g, -1) },
  multiply: { forA: (g, _, b) => multiply(g, b), forB: (g, a) => multiply(g, a) },
  divide: {
    forA: (g, _, b) => divide(g, b),
    forB: (g, a, b) => negate(divide(multiply<readonly number[], readonly number[]>(g, divide(a, b)), b)),
  },
};
const fastParts: Parts = {
  ...binaryParts,
  // ∂(a / b)/∂b = −a / b² has its own kernel: composed in float32 it may overflow or lose precision.
  divide: {
    forA: binaryParts.divide.forA,
    forB: (g, a, b) => {
      const meeting = broadcast("divide", a.shape, b.shape);
      return new Tensor(g.shape, kernels().run(divideGradient, g.buffer, a.buffer, b.buffer, meeting));
    },
  },
};
const binary =
  (parts: Parts): Gradient<"binary"> =>
  (g, { spec: name, inputs: [a, b] }, wanted) => [
    wanted(a) ? sumTo(parts[name].forA(g, a, b), a.shape) : undefined,
    wanted(b) ? sumTo(parts[name].forB(g, a, b), b.shape) : undefined,
  ];

const onesLike = (x: Tensor): Tensor => ones(x.shape);

/** √(2/π) */
const ROOT = Math.sqrt(2 / Math.PI);
const derivatives: { [Name in Unary]: (x: Tensor) => Tensor } = {
  // Steps: constants, with the relations of the kernels.
  relu: (x) => new Tensor(x.shape, kernels().run(unaryGradient, "relu", x.buffer, onesLike(x).buffer)),
  gelu: (x) => {
    const density = multiply(exp(multiply(multiply(x, x), -0.5)), ROOT / 2);
    return add(multiply(add(erf(multiply(x, Math.SQRT1_2)), 1), 0.5), multiply(x, density));
  },
  geluTanh: (x) => {
    const square = multiply(x, x);
    const t = tanh(multiply(multiply(x, add(multiply(square, 0.044715), 1)), ROOT));
    const inner = multiply(add(multiply(square, 3 * 0.044715), 1), ROOT);
    return multiply(add(add(t, 1), multiply(multiply(x, subtract(1, multiply(t, t))), inner)), 0.5);
  },
  silu: (x) => multiply(sigmoid(x), add(multiply(x, sigmoid(negate(x))), 1)),
  sigmoid: (x) => multiply(sigmoid(x), sigmoid(negate(x))),
  tanh: (x) => {
    const t = tanh(x);
    return subtract(1, multiply(t, t));
  },
  erf: (x) => multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI)),
  exp: (x) => exp(x),
  log: (x) => divide(1, x),
  sqrt: (x) => divide(0.5, sqrt(x)),
};

export const elementwiseGradients: Pick<GradientTable, "unary" | "binary" | "clamp" | "where" | "dropout"> = {
  unary: {
    kernel: (g, { spec: name, inputs: [x, factor] }) => [
      new Tensor(x.shape, kernels().run(unaryGradient, name, x.buffer, g.buffer, factor?.buffer)),
      factor && new Tensor(x.shape, kernels().unary(name, x.buffer, g.buffer)),
    ],
    operations: (g, { spec: name, inputs: [x, factor] }) => [
      multiply(factor ? (multiply(g, factor) as Tensor) : g, derivatives[name](x)),
      factor && applied(name, x, g),
    ],
  },

  binary: { kernel: binary(fastParts), operations: binary(binaryParts) },

  clamp: {
    kernel: (g, { spec, inputs: [x] }) => [
      new Tensor(x.shape, kernels().run(clampGradient, x.buffer, spec.minimum, spec.maximum, g.buffer)),
    ],
    operations: (g, { spec: { minimum, maximum }, inputs: [x] }) => [
      where(new Tensor(x.shape, kernels().run(clampGradient, x.buffer, minimum, maximum, onesLike(x).buffer)), g, 0),
    ],
  },

  where: (g, { spec: { condition }, inputs: [a, b] }, wanted) => [
    wanted(a) ? sumTo(where(condition, g, zeros([])), a.shape) : undefined,
    wanted(b) ? sumTo(where(condition, zeros([]), g), b.shape) : undefined,
  ],

  dropout: (g, { spec }) => [keepPlaces(g, spec)],
};
