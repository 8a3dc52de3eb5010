import { kernels } from "../../kernels";
import { cumulativeSum, mapGradient, pairGradient, reduceGradient } from "../../kernels/internal";
import { sumTo } from "../operations/reduction";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

/** The gradients of operations that bring their own derivatives, and of the running sum. */
export const functionGradients: Pick<GradientTable, "map" | "pair" | "reduce" | "cumulativeSum"> = {
  map: (g, { spec: { f, settings }, inputs: [x] }) => [
    new Tensor(x.shape, kernels().run(mapGradient, f, settings, x.buffer, g.buffer)),
  ],

  pair: (g, { spec: { f, broadcast }, inputs: [a, b] }, wanted) => {
    const slope = (side: "a" | "b") =>
      new Tensor(g.shape, kernels().run(pairGradient, f, side, a.buffer, b.buffer, broadcast, g.buffer));
    return [wanted(a) ? sumTo(slope("a"), a.shape) : undefined, wanted(b) ? sumTo(slope("b"), b.shape) : undefined];
  },

  reduce: (g, { spec: { f, setting, axis }, inputs: [x] }) => [
    new Tensor(x.shape, kernels().run(reduceGradient, f, setting, x.buffer, axis, g.buffer)),
  ],

  cumulativeSum: (g, { spec: axis }) => [new Tensor(g.shape, kernels().run(cumulativeSum, g.buffer, axis, true))],
};
