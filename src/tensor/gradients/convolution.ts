import { convolution, others } from "../operations/convolution/convolution";
import type { GradientTable } from "./table";

export const convolutionGradients: Pick<GradientTable, "convolution"> = {
  // Σ c · y is linear in x, the weight and c: the gradient by an input is what c in the place of the output gives.
  convolution: (g, { spec: { gives, plan }, inputs }, wanted) =>
    inputs.map((input, i) => {
      if (!wanted(input)) return undefined;
      const [role, other] = [others[gives][i]!, others[gives][1 - i]!];
      const held = { [other]: inputs[1 - i]!, [gives]: g };
      const [a, b] = others[role];
      return convolution(role, held[a]!, held[b]!, plan);
    }),
};
