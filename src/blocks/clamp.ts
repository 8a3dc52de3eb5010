import { type Checks, checkOptions, numberIn, wrongKind } from "../checks";
import { clamp, type Shape, Tensor } from "../tensor";
import { type Caching, Module } from "./module";

/** The bounds of a `Clamp`. */
export interface ClampConfig {
  minimum: number;
  maximum: number;
}

const checks: Checks<ClampConfig> = { minimum: /* @__PURE__ */ numberIn(), maximum: /* @__PURE__ */ numberIn() };

/**
 * Keeps every number between two bounds: y = min(max(x, minimum), maximum), such as queries, keys and values in OLMo.
 *
 * @example
 * ```ts
 * import { Clamp, tensor } from "transformer-blocks";
 * new Clamp({ minimum: -1, maximum: 1 }).forward(tensor([-3, 0.5, 2])).toArray(); // [-1, 0.5, 1]
 * ```
 */
export class Clamp extends Module {
  static readonly isCachingTested = true;

  readonly minimum: number;
  readonly maximum: number;

  constructor(config: ClampConfig) {
    super();
    checkOptions("Clamp", config, checks, ["minimum", "maximum"]);
    if (config.minimum > config.maximum)
      throw new RangeError(`Clamp: minimum ${config.minimum} is above maximum ${config.maximum}`);
    this.minimum = config.minimum;
    this.maximum = config.maximum;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  /** A tensor of any shape → the same shape. */
  forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    if (!(x instanceof Tensor)) throw wrongKind("Clamp", "x", "a Tensor", x);
    return clamp(x, { minimum: this.minimum, maximum: this.maximum });
  }
}
