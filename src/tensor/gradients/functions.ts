import { multiply } from "../operations/elementwise";
import { reshape } from "../operations/layout";
import { sumTo } from "../operations/reduction";
import type { GradientTable } from "./table";

/** The gradients of operations that bring their own derivatives, and of the running sum. */
export const functionGradients: Pick<GradientTable, "map" | "pair" | "reduce" | "cumulativeSum"> = {
  map: (
    g,
    {
      spec: {
        f,
        settings: [first = 0, second = 0],
      },
      inputs: [x],
    },
  ) => [multiply<readonly number[], readonly number[]>(g, f.derivative(x, first, second))],

  pair: (g, { spec: { f }, inputs: [a, b] }, wanted) => {
    const part = (side: "a" | "b") => multiply<readonly number[], readonly number[]>(g, f.derivatives[side](a, b));
    return [wanted(a) ? sumTo(part("a"), a.shape) : undefined, wanted(b) ? sumTo(part("b"), b.shape) : undefined];
  },

  reduce: (
    g,
    {
      spec: {
        f,
        setting,
        axis: { outer, size, inner },
      },
      inputs: [x],
      output,
    },
  ) => {
    const along = (y: typeof g) => reshape(y, [outer, 1, inner]);
    const derivative = f.derivative(reshape(x, [outer, size, inner]), along(output), setting);
    return [reshape(multiply(along(g), derivative) as typeof g, x.shape)];
  },

  cumulativeSum: (g, { spec: { axis, backward, again } }) => [again(g, axis, !backward)],
};
