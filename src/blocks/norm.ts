import { type Checks, checkOptions, oneOf } from "../checks";
import { initials, layerNorm, Parameter, rmsNorm, type Shape, type Tensor } from "../tensor";
import { epsilon, size } from "./checks";
import { type Caching, Module } from "./module";

export interface NormConfig {
  dModel: number;
  epsilon?: number | undefined;
}

const checks: Checks<NormConfig> = { dModel: size, epsilon };

/**
 * y = (x − mean) / √(variance + ε) · weight + bias over the last axis.
 *
 * @see Ba et al. 2016, Layer Normalization (arXiv 1607.06450)
 */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly epsilon: number;

  constructor(config: NormConfig) {
    super();
    checkOptions("LayerNorm", config, checks, ["dModel"]);
    this.weight = new Parameter([config.dModel], initials.ones());
    this.bias = new Parameter([config.dModel], initials.zeros());
    this.epsilon = config.epsilon ?? 1e-5;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return layerNorm(x, this.weight, this.bias, { epsilon: this.epsilon });
  }
}

/**
 * y = x / √(mean(x²) + ε) · weight over the last axis.
 *
 * @see Zhang and Sennrich 2019, Root Mean Square Layer Normalization (arXiv 1910.07467)
 */
export class RMSNorm extends Module {
  readonly weight: Parameter;
  readonly epsilon: number;

  constructor(config: NormConfig) {
    super();
    checkOptions("RMSNorm", config, checks, ["dModel"]);
    this.weight = new Parameter([config.dModel], initials.ones());
    this.epsilon = config.epsilon ?? 1e-6;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return rmsNorm(x, this.weight, { epsilon: this.epsilon });
  }
}

export type Norm = LayerNorm | RMSNorm;

/** Which normalization a block uses. */
export type Normalization = "layerNorm" | "rmsNorm";

/** Checks the name of a normalization. */
export const normalization = oneOf(["layerNorm", "rmsNorm"] satisfies Normalization[]);

/** @throws RangeError if there is no normalization of this name */
export function makeNorm(kind: Normalization, config: NormConfig): Norm {
  normalization("makeNorm", "normalization", kind);
  return kind === "rmsNorm" ? new RMSNorm(config) : new LayerNorm(config);
}
