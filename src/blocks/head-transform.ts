import { type Checks, checkOptions, expectBoolean, wrongKind } from "../checks";
import type { Initial, Tensor } from "../tensor";
import { epsilon, initial, size } from "./checks";
import { type Activation, activated, activation } from "./feed-forward";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { LayerNorm, RMSNorm } from "./norm";
import { checkPass, type Pass } from "./pass";

/** The sizes and the parts of a `HeadTransform`. */
export interface HeadTransformConfig {
  dModel: number;
  /** The size of the result; dModel if omitted. */
  width?: number | undefined;
  /** gelu if omitted. */
  activation?: Activation | undefined;
  /** A bias b; true if omitted. */
  bias?: boolean | undefined;
  /** Normalizes the result, or false; a LayerNorm if omitted. */
  norm?: LayerNorm | RMSNorm | false | undefined;
  epsilon?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<HeadTransformConfig> = {
  ...{ dModel: size, width: size, activation, epsilon, initial },
  bias: expectBoolean,
  norm: (where, name, value) => {
    if (value === false || value instanceof LayerNorm || value instanceof RMSNorm) return;
    throw wrongKind(where, name, "a LayerNorm, an RMSNorm or false", value);
  },
};

/** norm(f(W x + b)), before the projection of a head: [..., dModel] → [..., width]. */
export class HeadTransform extends Module {
  readonly dense: Linear;
  readonly norm: LayerNorm | RMSNorm | undefined;
  readonly activation: Activation;
  /** The size of the result. */
  readonly width: number;

  constructor(config: HeadTransformConfig) {
    super();
    checkOptions("HeadTransform", config, checks, ["dModel"]);
    const { dModel, width = dModel, bias, norm, epsilon, initial } = config;
    if (norm !== undefined && epsilon !== undefined)
      throw new TypeError("HeadTransform: epsilon has no effect if norm is given");
    this.width = width;
    this.dense = new Linear({ inFeatures: dModel, outFeatures: width, bias, initial });
    this.norm = norm === false ? undefined : (norm ?? new LayerNorm({ dModel: width, epsilon }));
    this.activation = config.activation ?? "gelu";
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [..., dModel] → [..., width]. */
  forward(x: Tensor, pass: Pass = {}): Tensor {
    checkPass("HeadTransform", pass);
    const y = activated(this.activation, this.dense.forward(x));
    return this.norm ? this.norm.forward(y, pass) : y;
  }
}
