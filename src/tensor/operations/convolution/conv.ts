import { refuseMore } from "../../../checks";
import type { Check, ConvolutionShape, Settled, Shape } from "../../shape-types";
import type { Tensor } from "../../tensor";
import { reshape } from "../layout";
import { convolution } from "./convolution";
import { type ConvolutionOptions, checksFor } from "./options";
import { planOf } from "./plan";

/** Options of `conv1d`. */
export type Conv1dOptions = ConvolutionOptions<readonly [number]>;
/** Options of `conv2d`. */
export type Conv2dOptions = ConvolutionOptions<readonly [height: number, width: number]>;

const checks1d = /* @__PURE__ */ checksFor(1);
const checks2d = /* @__PURE__ */ checksFor(2);

type Weighted<X extends Shape, W extends Shape, Name extends string, Rank extends 3 | 4> = Tensor<W> &
  Check<ConvolutionShape<X, W, Rank>, `${Name}: x or the weight has another number of axes`>;

/**
 * A kernel moved along an axis: x [batch, channels, length], weight [out, channels / groups, kernel], bias [out] →
 * y [batch, out, places], where y[b, o, i] = bias[o] + Σ weight[o, c, j] · x[b, c, i · stride + j · dilation − padding].
 * There are ⌊(length + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1 places. Without the batch, x is
 * [channels, length]. With as many groups as channels, each channel has its own kernels (depthwise).
 *
 * @throws ShapeError if the shapes do not fit each other, or the kernel has no place; RangeError for "same" with a stride
 * @see LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition; `torch.nn.functional.conv1d`
 * @example
 * ```ts
 * import { conv1d, tensor } from "transformer-blocks";
 * const x = tensor([[[1, 2, 4, 8]]]);
 * conv1d(x, tensor([[[-1, 1]]])).toArray();                                             // [[[1, 2, 4]]]
 * conv1d(x, tensor([[[1, 1, 1]]]), tensor([10]), { padding: 1, stride: 2 }).toArray(); // [[[13, 24]]]
 * ```
 */
export function conv1d<const X extends Shape, const W extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<X>,
  weight: Weighted<X, W, "conv1d", 3>,
  bias?: Tensor,
  options?: Conv1dOptions,
): Tensor<Settled<ConvolutionShape<X, W, 3>, Wanted>>;
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor, options?: Conv1dOptions, ...more: unknown[]): Tensor {
  refuseMore("conv1d", more);
  const plan = planOf("conv1d", 1, x, weight, bias, options, checks1d);
  return convolved(plan, x, weight, bias, 1);
}

/**
 * A kernel moved along two axes: x [batch, channels, height, width], weight [out, channels / groups, kernel height,
 * kernel width], bias [out] → [batch, out, places down, places across]. As `conv1d`, for both axes.
 *
 * @throws ShapeError if the shapes do not fit each other, or the kernel has no place; RangeError for "same" with a stride
 * @see LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition; `torch.nn.functional.conv2d`
 * @example
 * ```ts
 * import { conv2d, ones } from "transformer-blocks";
 * const image = ones([1, 3, 224, 224]);
 * conv2d(image, ones([8, 3, 16, 16]), undefined, { stride: 16 }).shape; // [1, 8, 14, 14]
 * ```
 */
export function conv2d<const X extends Shape, const W extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<X>,
  weight: Weighted<X, W, "conv2d", 4>,
  bias?: Tensor,
  options?: Conv2dOptions,
): Tensor<Settled<ConvolutionShape<X, W, 4>, Wanted>>;
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor, options?: Conv2dOptions, ...more: unknown[]): Tensor {
  refuseMore("conv2d", more);
  const plan = planOf("conv2d", 2, x, weight, bias, options, checks2d);
  return convolved(plan, x, weight, bias, 2);
}

/** With the axes that a plan has, and then with those of x. */
function convolved(
  plan: ReturnType<typeof planOf>,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  axes: 1 | 2,
): Tensor {
  const { batch, channels, out } = plan;
  const sizes = plan.axes.map(({ size }) => size);
  const kernel = plan.axes.map((each) => each.kernel);
  const places = plan.axes.map((each) => each.places).slice(0, axes);
  const y = convolution(
    "y",
    reshape(x, [batch, channels, ...sizes]),
    reshape(weight, [out, weight.shape[1]!, ...kernel]),
    plan,
    bias,
  );
  return reshape(y, [...(x.rank === axes + 1 ? [] : [batch]), out, ...places]);
}
