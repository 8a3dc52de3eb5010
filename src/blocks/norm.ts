import { initials, layerNorm, Parameter, rmsNorm, type Shape, type Tensor } from "../tensor";
import { expectNumber, expectOneOf, expectSize } from "./checks";
import { Module } from "./module";

export interface NormConfig {
  dModel: number;
  epsilon?: number | undefined;
}

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
    checkNorm("LayerNorm", config);
    this.weight = new Parameter([config.dModel], initials.ones());
    this.bias = new Parameter([config.dModel], initials.zeros());
    this.epsilon = config.epsilon ?? 1e-5;
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
    checkNorm("RMSNorm", config);
    this.weight = new Parameter([config.dModel], initials.ones());
    this.epsilon = config.epsilon ?? 1e-6;
  }

  forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return rmsNorm(x, this.weight, { epsilon: this.epsilon });
  }
}

export type Norm = LayerNorm | RMSNorm;

/** Which normalization a block uses. */
export type Normalization = "layerNorm" | "rmsNorm";

/** @throws RangeError if there is no normalization of this name */
export function makeNorm(kind: Normalization, config: NormConfig): Norm {
  expectOneOf("makeNorm", "normalization", kind, ["layerNorm", "rmsNorm"]);
  return kind === "rmsNorm" ? new RMSNorm(config) : new LayerNorm(config);
}

function checkNorm(where: string, { dModel, epsilon = 0 }: NormConfig): void {
  expectSize(where, "dModel", dModel);
  expectNumber(where, "epsilon", epsilon, { least: 0 });
}
