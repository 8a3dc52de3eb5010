import { type Binary, kernels } from "../../kernels";
import { zeros } from "../make";
import { divide, multiply } from "../operations/elementwise";
import { sumTo } from "../operations/reduction";
import { where } from "../operations/select";
import { broadcast } from "../shape";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const elementwiseGradients: Pick<GradientTable, "unary" | "binary" | "clamp" | "where" | "dropout"> = {
  unary: (g, { spec: name, inputs: [x, factor] }) => [
    new Tensor(x.shape, kernels().unaryGradient(name, x.buffer, g.buffer, factor?.buffer)),
    factor && new Tensor(x.shape, kernels().unary(name, x.buffer, g.buffer)),
  ],

  binary: (g, { spec: name, inputs: [a, b] }, wanted) => {
    const { forA, forB } = binaryGradients[name];
    return [
      wanted(a) ? sumTo(forA(g, a, b), a.shape) : undefined,
      wanted(b) ? sumTo(forB(g, a, b), b.shape) : undefined,
    ];
  },

  clamp: (g, { spec, inputs: [x] }) => [
    new Tensor(x.shape, kernels().clampGradient(x.buffer, spec.minimum, spec.maximum, g.buffer)),
  ],

  where: (g, { spec: { condition }, inputs: [a, b] }, wanted) => [
    wanted(a) ? sumTo(where(condition, g, zeros([])), a.shape) : undefined,
    wanted(b) ? sumTo(where(condition, zeros([]), g), b.shape) : undefined,
  ],

  dropout: (g, { spec, inputs: [x] }) => [new Tensor(x.shape, kernels().dropout(g.buffer, spec))],
};

type Part = (g: Tensor, a: Tensor, b: Tensor) => Tensor;

const binaryGradients: { [Name in Binary]: { forA: Part; forB: Part } } = {
  add: { forA: (g) => g, forB: (g) => g },
  subtract: { forA: (g) => g, forB: (g) => multiply(g, -1) },
  multiply: { forA: (g, _, b) => multiply(g, b), forB: (g, a) => multiply(g, a) },
  // ∂(a / b)/∂b = −a / b² has its own kernel: composed in float32 it may overflow or lose precision.
  divide: {
    forA: (g, _, b) => divide(g, b),
    forB: (g, a, b) => {
      const meeting = broadcast("divide", a.shape, b.shape);
      return new Tensor(g.shape, kernels().divideGradient(g.buffer, a.buffer, b.buffer, meeting));
    },
  },
};
