import { type Along, type Buffer, type ConvolutionSpec, kernels } from "../../../kernels";
import { readView } from "../../../kernels/internal";

/** Whether each group has one channel. */
export const isDepthwise = ({ channels, groups }: ConvolutionSpec): boolean => channels === groups;

/** Whether also each channel has one output: then both gradients are depthwise convolutions. */
const isOneToOne = (plan: ConvolutionSpec): boolean => isDepthwise(plan) && plan.out === plan.channels;

/** With strides of 1, the gradient by x is y convolved by the flipped weight. */
export function inputPlan(plan: ConvolutionSpec): ConvolutionSpec | undefined {
  if (!isOneToOne(plan) || plan.axes.some(({ stride }) => stride !== 1)) return undefined;
  return { ...plan, axes: both(plan, flippedAlong) };
}

const flippedAlong = ({ size, kernel, dilation, places, before, after, stride }: Along): Along => {
  const reach = dilation * (kernel - 1);
  return { size: places, kernel, stride, dilation, before: reach - before, after: reach - after, places: size };
};

/** The gradient by the weight is x convolved by y: places and elements of the kernel change roles. Images are channels. */
export function weightPlan(plan: ConvolutionSpec): ConvolutionSpec | undefined {
  if (!isOneToOne(plan)) return undefined;
  const channels = plan.batch * plan.channels;
  return { batch: 1, channels, out: channels, groups: channels, axes: both(plan, exchanged) };
}

const exchanged = ({ kernel, places, stride, dilation, ...along }: Along): Along => ({
  ...along,
  ...{ kernel: places, places: kernel, stride: dilation, dilation: stride },
});

const both = ({ axes: [down, across] }: ConvolutionSpec, f: (along: Along) => Along): [Along, Along] => [
  f(down),
  f(across),
];

/** The weight of every channel, back to front. */
export function flipped(weight: Buffer, { out, axes: [down, across] }: ConvolutionSpec): Buffer {
  const taps = down.kernel * across.kernel;
  return kernels().run(readView, weight, { shape: [out, taps], start: taps - 1, steps: [taps, -1] });
}
