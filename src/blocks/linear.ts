import { type Checks, checkOptions, expectBoolean } from "../checks";
import { knownAs } from "../synonyms";
import { type Initial, initials, linear, Parameter, type Shape, ShapeError, type Tensor } from "../tensor";
import type { LinearShape } from "../tensor/internal";
import { linears, sameShape } from "../tensor/internal";
import { initial, parameter, size } from "./checks";
import { type Caching, Module } from "./module";

/** The sizes of a `Linear`. */
export interface LinearConfig {
  inFeatures: number;
  outFeatures: number;
  bias?: boolean | undefined;
  /** The initial distribution of the weight; uniform within ±1 / √inFeatures if omitted. The bias starts at zero. */
  initial?: Initial | undefined;
  /** A weight [outFeatures, inFeatures] to share with another module. */
  weight?: Parameter | undefined;
}

const checks: Checks<LinearConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "inFeatures inputSize inDim",
      "outFeatures outputSize outDim",
      "bias useBias attentionBias addBias qkvBias elementwiseAffine",
      "initial initializer kernelInitializer weightInit initFn",
    ],
  },
  {
    inFeatures: size,
    outFeatures: size,
    bias: expectBoolean,
    initial,
    weight: parameter,
  },
);

/** y = x Wᵀ + b: [..., inFeatures] → [..., outFeatures]. */
export class Linear extends Module {
  /** [outFeatures, inFeatures] */
  readonly weight: Parameter;
  /** [outFeatures] */
  readonly bias: Parameter | undefined;

  constructor(config: LinearConfig) {
    super();
    checkOptions("Linear", config, checks, ["inFeatures", "outFeatures"]);
    if (config.weight && config.initial) throw new TypeError("Linear: initial has no effect if weight is given");
    const { inFeatures, outFeatures, initial = initials.uniform(1 / Math.sqrt(inFeatures)), weight } = config;
    if (weight && !sameShape(weight.shape, [outFeatures, inFeatures]))
      throw new ShapeError(`Linear: the shared weight ${weight.describe()} is not [${outFeatures}, ${inFeatures}]`);
    this.weight = weight ?? new Parameter([outFeatures, inFeatures], initial);
    this.bias = (config.bias ?? true) ? new Parameter([outFeatures], initials.zeros()) : undefined;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [..., inFeatures] → [..., outFeatures]. */
  forward<S extends Shape>(x: Tensor<S>): Tensor<LinearShape<S, readonly [number, number]>>;
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** The results of several layers for the same x. One row, as in decoding, is multiplied by all weights at once. */
export function together(x: Tensor, layers: readonly Linear[]): Tensor[] {
  // A layer with a forward of its own keeps it.
  const plain = layers.every(({ forward }) => forward === Linear.prototype.forward);
  return plain ? linears(x, layers) : layers.map((layer) => layer.forward(x));
}
