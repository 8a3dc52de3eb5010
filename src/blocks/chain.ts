import { type Check, type Checks, checkOptions, expectRecord, wrongKind } from "../checks";
import type { Ids, Tensor } from "../tensor";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence } from "./pass";

/** A module with `forward(x, pass)`, whatever x is. */
type Link = Module & { forward(x: never, pass?: Pass): Tensor };

/** The layers of a `Chain`. */
export interface ChainConfig {
  /** The layers by name; each takes the output of the one before it. */
  layers: Readonly<Record<string, Link>>;
}

const expectLinks: Check = (where, name, value) => {
  expectRecord(where, name, value);
  const links = Object.entries(value);
  if (links.length === 0) throw new RangeError(`${where}: ${name} must have one layer or more`);
  for (const [link, layer] of links)
    if (!(layer instanceof Module) || typeof Reflect.get(layer, "forward") !== "function")
      throw wrongKind(where, `${name}.${link}`, "a Module with forward(x, pass)", layer);
};

const checks: Checks<ChainConfig> = { layers: expectLinks };

/**
 * Layers one after the other, as one layer: y = fₙ(… f₁(x)).
 *
 * Where a model takes one part, such as its embedding or its last norm, a chain puts several. The parameters of a layer
 * are under its name: `layers.projection.weight`.
 *
 * @throws TypeError unless every layer is a Module with `forward`; RangeError if there are none
 * @example
 * ```ts
 * import { Chain, Embedding, initialize, Linear } from "transformer-blocks";
 * const table = new Embedding({ vocabSize: 8, dModel: 2 });
 * const projection = new Linear({ inFeatures: 2, outFeatures: 4 });
 * const embedding = initialize(new Chain({ layers: { table, projection } }), { seed: 1 });
 * embedding.forward([[1, 2, 3]]).shape; // [1, 3, 4]
 * ```
 */
export class Chain extends Module {
  readonly layers: Readonly<Record<string, Link>>;

  constructor(config: ChainConfig) {
    super();
    checkOptions("Chain", config, checks, ["layers"]);
    this.layers = { ...config.layers };
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /**
   * The output of the last layer.
   *
   * @param x what the first layer takes: token ids [batch][seq], or a tensor
   */
  forward(x: Ids | Tensor, pass: Pass = {}): Tensor<Sequence> {
    checkPass("Chain", pass);
    const last = Object.values(this.layers).reduce<unknown>((y, layer) => layer.forward(y as never, pass), x);
    return last as Tensor<Sequence>;
  }
}
