import { kernels } from "../../kernels";
import { zeros } from "../make";
import { divide, multiply } from "../operations/elementwise";
import { sumTo } from "../operations/reduction";
import { where } from "../operations/select";
import { broadcast } from "../shape";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const elementwiseGradients: Pick<GradientTable, "unary" | "binary" | "clamp" | "where"> = {
  unary: (g, { spec: name, inputs: [x, factor] }) => [
    new Tensor(x.shape, kernels().unaryGradient(name, x.buffer, g.buffer, factor?.buffer)),
    factor && new Tensor(x.shape, kernels().unary(name, x.buffer, g.buffer)),
  ],

  binary: (g, { spec: name, inputs: [a, b] }) => {
    const [forA, forB] = binaryGradients[name](g, a, b);
    return [sumTo(forA, a.shape), sumTo(forB, b.shape)];
  },

  clamp: (g, { spec, inputs: [x] }) => [
    new Tensor(x.shape, kernels().clampGradient(x.buffer, spec.minimum, spec.maximum, g.buffer)),
  ],

  where: (g, { spec: { condition }, inputs: [a, b] }) => [
    sumTo(where(condition, g, zeros([])), a.shape),
    sumTo(where(condition, zeros([]), g), b.shape),
  ],
};

const binaryGradients = {
  add: (g: Tensor): [Tensor, Tensor] => [g, g],
  subtract: (g: Tensor): [Tensor, Tensor] => [g, multiply(g, -1)],
  multiply: (g: Tensor, a: Tensor, b: Tensor): [Tensor, Tensor] => [multiply(g, b), multiply(g, a)],
  // ∂(a / b)/∂b = −a / b², a kernel of its own: in float32 a product of these may leave the range, or lose its digits.
  divide: (g: Tensor, a: Tensor, b: Tensor): [Tensor, Tensor] => [
    divide(g, b),
    new Tensor(g.shape, kernels().divideGradient(g.buffer, a.buffer, b.buffer, broadcast("divide", a.shape, b.shape))),
  ],
};
