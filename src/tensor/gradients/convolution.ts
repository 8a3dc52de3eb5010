import { sum } from "../operations/reduction";
import type { GradientTable } from "./table";

/** Of x, weight and y, the other two, in order. */
const others = { x: ["weight", "y"], weight: ["x", "y"], y: ["x", "weight"] } as const;

export const convolutionGradients: Pick<GradientTable, "convolution"> = {
  // Σ c · y is linear in x, the weight and c: the gradient by an input is what c in the place of the result gives.
  convolution: (g, { spec: { gives, plan, again }, inputs: [first, second, bias] }, wanted) => {
    const inputs = [first, second] as const;
    const byInput = inputs.map((input, i) => {
      if (!wanted(input)) return undefined;
      const [role, other] = [others[gives][i]!, others[gives][1 - i]!];
      const held = { [other]: inputs[1 - i]!, [gives]: g };
      const [a, b] = others[role];
      return again(role, held[a]!, held[b]!, plan);
    });
    return [...byInput, bias && wanted(bias) ? sum(g, { axis: [0, 2, 3] }) : undefined];
  },
};
