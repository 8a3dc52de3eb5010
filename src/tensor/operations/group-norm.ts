import { type Checks, checkOptions, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import { show, sizeOf } from "../shape";
import type { Check, Fits, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { add, multiply } from "./elementwise";
import { reshape } from "./layout";
import { type EpsilonOption, epsilonCheck, layerNorm } from "./normalization";

/** Options of `groupNorm`. */
export interface GroupNormOptions extends EpsilonOption {
  /** How many groups of channels there are; they divide the channels. */
  groups: number;
}
const checks: Checks<GroupNormOptions> = /* @__PURE__ */ knownAs(
  { options: ["groups numGroups"] },
  { groups: /* @__PURE__ */ wholeIn({ least: 1 }), ...epsilonCheck },
);

/** `never` unless there is a number for each channel. */
type PerChannel<S extends Shape, W extends Shape> = number extends S["length"] | W["length"]
  ? true
  : [S, W] extends [readonly [number, infer Channels extends number, ...number[]], readonly [infer Size extends number]]
    ? Fits<Channels, Size> extends true
      ? true
      : never
    : never;

/**
 * (x − mean) / √(variance + ε) over the channels of each group and all axes after them, then times weight plus bias, one
 * number of each for every channel: x [batch, channels, …], weight and bias [channels]. ε is 1e-5 if omitted.
 *
 * @throws ShapeError if the groups do not divide the channels, or weight or bias has another shape
 * @see Wu and He 2018, Group Normalization (arXiv 1803.08494)
 * @example
 * ```ts
 * import { groupNorm, tensor } from "transformer-blocks";
 * const x = tensor([[1, 3, 5, 5]]); // [batch 1, channels 4]
 * groupNorm(x, undefined, tensor([0, 0, 1, 2]), { groups: 2, epsilon: 0.5625 }).toArray(); // [[-0.8, 0.8, 1, 2]]
 * ```
 */
export function groupNorm<const S extends Shape, const W extends Shape = Shape>(
  x: Tensor<S>,
  weight: (Tensor<W> & Check<PerChannel<S, W>, "groupNorm: the weight has another size than the channels">) | undefined,
  bias: Tensor<W> | undefined,
  options: GroupNormOptions,
): Tensor<S>;
export function groupNorm(
  x: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  options: GroupNormOptions,
): Tensor {
  expectTensor("groupNorm", "x", x);
  if (weight !== undefined) expectTensor("groupNorm", "weight", weight);
  if (bias !== undefined) expectTensor("groupNorm", "bias", bias);
  checkOptions("groupNorm", options, checks, ["groups"]);
  const { groups, epsilon = 1e-5 } = options;
  if (x.rank < 2) throw new ShapeError(`groupNorm: x ${show(x.shape)} is not [batch, channels, …]`);
  const [batch, channels, ...rest] = x.shape as [number, number, ...number[]];
  if (channels % groups !== 0)
    throw new ShapeError(`groupNorm: ${groups} groups do not divide the ${channels} channels of x ${show(x.shape)}`);
  const perChannel = (name: string, part: Tensor) => {
    if (part.rank !== 1 || part.size !== channels)
      throw new ShapeError(
        `groupNorm: the ${name} ${part.describe()} has not one number for each of ${channels} channels`,
      );
    return reshape(part, [channels, ...rest.map(() => 1)]);
  };
  const [scale, shift] = [weight && perChannel("weight", weight), bias && perChannel("bias", bias)];
  const grouped = reshape(x, [batch, groups, (channels / groups) * sizeOf(rest)]);
  const normal = reshape(layerNorm(grouped, undefined, undefined, { epsilon }), x.shape);
  const scaled = scale ? multiply(normal, scale) : normal;
  return shift ? add(scaled, shift) : scaled;
}
