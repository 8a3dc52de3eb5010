import { type Checks, checkOptions, numberIn } from "../checks";
import { clamp, type Shape, type Tensor } from "../tensor";
import { type Caching, Module } from "./module";

export interface ClampConfig {
  /** The largest size of a value. */
  limit: number;
}

const checks: Checks<ClampConfig> = { limit: /* @__PURE__ */ numberIn({ above: 0 }) };

/**
 * Keeps every value between −limit and limit. As a layer of an attention's queries, keys and values it is what MPT and
 * OLMo call clip_qkv.
 *
 * @throws RangeError unless the limit is above 0
 * @example
 * ```ts
 * import { Clamp, tensor } from "transformer-blocks";
 * new Clamp({ limit: 2 }).forward(tensor([-3, 1, 3])).toArray(); // [-2, 1, 2]
 * ```
 */
export class Clamp extends Module {
  readonly limit: number;

  constructor(config: ClampConfig) {
    super();
    checkOptions("Clamp", config, checks, ["limit"]);
    this.limit = config.limit;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return clamp(x, { minimum: -this.limit, maximum: this.limit }) as Tensor<S>;
  }
}
