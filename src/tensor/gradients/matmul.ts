import { kernels, type MatmulSpec } from "../../kernels";
import { sumTo } from "../operations/reduction";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const matmulGradients: Pick<GradientTable, "matmul" | "linear"> = {
  // C = A B: ∂A = g Bᵀ, ∂B = Aᵀ g, one matrix per batch element, summed where an operand was broadcast.
  matmul: (g, { spec, inputs: [a, b], output }, wanted) => {
    const { m, k, n, batchA, batchB } = spec;
    const each = batchA.map((_, i) => i);
    const batch = output.shape.slice(0, output.rank - (a.rank > 1 ? 1 : 0) - (b.rank > 1 ? 1 : 0));
    const forA: MatmulSpec = { m, k: n, n: k, transposeA: false, transposeB: true, batchA: each, batchB };
    const forB: MatmulSpec = { m: k, k: m, n, transposeA: true, transposeB: false, batchA, batchB: each };
    const full = (spec: MatmulSpec, left: Tensor, right: Tensor, vector: boolean) =>
      new Tensor(
        [...batch, ...(vector ? [spec.m * spec.n] : [spec.m, spec.n])],
        kernels().matmul(left.buffer, right.buffer, spec),
      );
    return [
      wanted(a) ? sumTo(full(forA, g, b, a.rank === 1), a.shape) : undefined,
      wanted(b) ? sumTo(full(forB, a, g, b.rank === 1), b.shape) : undefined,
    ];
  },

  // y = x Wᵀ + b: ∂x = g W, ∂W = gᵀ x, ∂b = Σ g.
  linear: (g, { spec: { rows }, inputs: [x, weight, bias] }, wanted) => {
    const [out, size] = weight.shape as [number, number];
    const single = { batchA: [0], batchB: [0], transposeB: false };
    const forX: MatmulSpec = { ...single, m: rows, k: out, n: size, transposeA: false };
    const forWeight: MatmulSpec = { ...single, m: out, k: rows, n: size, transposeA: true };
    return [
      wanted(x) ? new Tensor(x.shape, kernels().matmul(g.buffer, weight.buffer, forX)) : undefined,
      wanted(weight) ? new Tensor(weight.shape, kernels().matmul(g.buffer, x.buffer, forWeight)) : undefined,
      bias && wanted(bias)
        ? new Tensor(bias.shape, kernels().sum(g.buffer, { outer: 1, size: rows, inner: out }))
        : undefined,
    ];
  },
};
