import { type Checks, checkOptions, wrongKind } from "../../../checks";
import { ShapeError } from "../../../errors";
import type { Along, ConvolutionSpec } from "../../../kernels";
import { checkSize } from "../../shape";
import { expectTensor, type Tensor } from "../../tensor";
import type { ConvolutionOptions } from "./options";

/** Checks everything that is asked of a convolution before anything is computed. */
export function planOf(
  operation: string,
  rank: 1 | 2,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: ConvolutionOptions<readonly number[]> = {},
  checks: Checks<ConvolutionOptions<readonly number[]>>,
): ConvolutionSpec {
  expectTensor(operation, "x", x);
  expectTensor(operation, "weight", weight);
  if (bias !== undefined) expectBias(operation, bias);
  checkOptions(operation, options, checks);
  const names = rank === 1 ? ["length"] : ["height", "width"];
  const hasBatch = x.rank === rank + 2;
  if (!hasBatch && x.rank !== rank + 1)
    throw new ShapeError(
      `${operation}: x must be [batch, channels, ${names.join(", ")}] or [channels, ${names.join(", ")}], not ${x.describe()}`,
    );
  if (weight.rank !== rank + 2)
    throw new ShapeError(
      `${operation}: the weight must be [out, channels / groups, kernel ${names.join(", kernel ")}], not ${weight.describe()}`,
    );
  const [batch, channels, ...sizes] = (hasBatch ? x.shape : [1, ...x.shape]) as [number, number, ...number[]];
  const [out, perGroup, ...kernel] = weight.shape as [number, number, ...number[]];
  const { groups = 1 } = options;
  if (channels !== perGroup * groups)
    throw new ShapeError(
      `${operation}: with ${groups} group${groups === 1 ? "" : "s"} the weight ${weight.describe()} takes ${perGroup * groups} channels, but x ${x.describe()} has ${channels}`,
    );
  if (out % groups !== 0)
    throw new ShapeError(
      `${operation}: the weight ${weight.describe()} gives ${out} outputs, which ${groups} groups do not divide evenly`,
    );
  if (bias !== undefined && (bias.rank !== 1 || bias.shape[0] !== out))
    throw new ShapeError(
      `${operation}: the bias ${bias.describe()} does not fit the weight ${weight.describe()}, which gives ${out} outputs`,
    );
  const along = names.map((name, i) => alongOf(operation, name, sizes[i]!, kernel[i]!, i, options));
  // Along one axis, the other has a single place.
  const axes: [Along, Along] = [
    along[0]!,
    along[1] ?? { size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, places: 1 },
  ];
  const plan = { batch, channels, out, groups, axes };
  checkSize(operation, [batch, channels, ...axes.map(paddedSize)]);
  checkSize(operation, [batch, out, ...axes.map(({ places }) => places)]);
  return plan;
}

export const paddedSize = ({ before, size, after }: Along): number => before + size + after;

function expectBias(operation: string, bias: unknown): void {
  if (typeof bias === "object" && bias !== null && Object.getPrototypeOf(bias) === Object.prototype)
    throw wrongKind(
      operation,
      "bias",
      `a Tensor or undefined, with the options after it, as in ${operation}(x, weight, undefined, { … })`,
      bias,
    );
  if (bias === null) throw wrongKind(operation, "bias", "a Tensor or undefined", bias);
  expectTensor(operation, "bias", bias);
}

function alongOf(
  operation: string,
  name: string,
  size: number,
  kernel: number,
  index: number,
  options: ConvolutionOptions<readonly number[]>,
): Along {
  const at = (value: number | readonly number[] | undefined, omitted: number) =>
    typeof value === "number" ? value : (value?.[index] ?? omitted);
  const stride = at(options.stride, 1);
  const dilation = at(options.dilation, 1);
  if (kernel === 0) throw new ShapeError(`${operation}: the kernel has no ${name}; it must be 1 or more`);
  const reach = dilation * (kernel - 1) + 1;
  const { padding = 0 } = options;
  if (padding === "same" && stride !== 1)
    throw new RangeError(
      `${operation}: padding "same" keeps the size only with a stride of 1, not ${stride}; give the padding as numbers`,
    );
  const [before, after] =
    padding === "same"
      ? [Math.floor((reach - 1) / 2), Math.ceil((reach - 1) / 2)]
      : padding === "valid"
        ? [0, 0]
        : [at(padding, 0), at(padding, 0)];
  const padded = before + size + after;
  if (padded < reach)
    throw new ShapeError(
      `${operation}: the kernel has no place along the ${name}: ${before} + ${size} + ${after} = ${padded} elements with padding, but the kernel spans ${dilation} · (${kernel} − 1) + 1 = ${reach}`,
    );
  return { size, kernel, stride, dilation, before, after, places: Math.floor((padded - reach) / stride) + 1 };
}
