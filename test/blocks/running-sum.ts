import {
  add,
  type Caching,
  cumulativeSum,
  Module,
  type Pass,
  type Sequence,
  slice,
  type Tensor,
} from "transformer-blocks";

/** yᵢ = x₁ + … + xᵢ, whose state is the last y. */
export class RunningSum extends Module {
  override get caching(): Caching {
    return "keeps";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const sums: Tensor = cumulativeSum(x, { axis: 1 });
    const before = pass.cache?.recall(this, x)?.sum;
    const y = before ? add(sums, before) : sums;
    pass.cache?.keep(this, { sum: slice(y, { axis: 1, start: -1 }) });
    return y as Tensor<Sequence>;
  }
}
