import type { ConvolutionSpec } from "../../../kernels";
import { result } from "../../record";
import type { Tensor } from "../../tensor";
import { inputOf, outputOf, type Role, weightOf } from "./convolve";

/** One of x, weight and y from the other two; y with a bias. */
export function convolution(gives: Role, a: Tensor, b: Tensor, plan: ConvolutionSpec, bias?: Tensor): Tensor {
  const { batch, channels, out, groups, axes } = plan;
  const made = {
    x: { shape: [batch, channels, ...axes.map(({ size }) => size)], of: inputOf },
    weight: { shape: [out, channels / groups, ...axes.map(({ kernel }) => kernel)], of: weightOf },
    y: { shape: [batch, out, ...axes.map(({ places }) => places)], of: outputOf },
  }[gives];
  return result(
    "convolution",
    [a, b, bias],
    { gives, plan, again: convolution },
    made.shape,
    made.of(a.buffer, b.buffer, plan, bias?.buffer),
  );
}
