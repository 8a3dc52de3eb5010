import { reshape } from "../operations/layout";
import { multiplyMatrices } from "../operations/matmul";
import { sum, sumTo } from "../operations/reduction";
import type { GradientTable } from "./table";

export const matmulGradients: Pick<GradientTable, "matmul" | "linear"> = {
  // C = A B: ∂A = g Bᵀ, ∂B = Aᵀ g, one matrix per batch element, summed where an operand was broadcast. If A is stored
  // as Aᵀ, its gradient is B gᵀ; if B is stored as Bᵀ, its gradient is gᵀ A.
  matmul: (g, { spec: { transposeA, transposeB }, inputs: [a, b] }, wanted) => [
    wanted(a)
      ? sumTo(
          transposeA
            ? multiplyMatrices(b, g, { transposeA: transposeB, transposeB: true })
            : multiplyMatrices(g, b, { transposeB: !transposeB }),
          a.shape,
        )
      : undefined,
    wanted(b)
      ? sumTo(
          transposeB
            ? multiplyMatrices(g, a, { transposeA: true, transposeB: transposeA })
            : multiplyMatrices(a, g, { transposeA: !transposeA }),
          b.shape,
        )
      : undefined,
  ],

  // y = x Wᵀ + b: ∂x = g W, ∂W = gᵀ x, ∂b = Σ g.
  linear: (gradient, { spec: { rows }, inputs: [x, weight, bias] }, wanted) => {
    const [out, size] = weight.shape as [number, number];
    const g = reshape(gradient, [rows, out]);
    return [
      wanted(x) ? reshape(multiplyMatrices(g, weight), x.shape) : undefined,
      wanted(weight) ? multiplyMatrices(g, reshape(x, [rows, size]), { transposeA: true }) : undefined,
      bias && wanted(bias) ? sum(g, { axis: 0 }) : undefined,
    ];
  },
};
