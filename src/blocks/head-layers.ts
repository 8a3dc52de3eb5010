import { type Check, type Checks, checkOptions, expectRecord, oneOf, wrongKind } from "../checks";
import {
  type HeadShape,
  initials,
  layerNorm,
  multiply,
  Parameter,
  type RankedTensor,
  reshape,
  rmsNorm,
  ShapeError,
  stack,
  Tensor,
} from "../tensor";
import { epsilon, expectLayer, size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";

/** A module from [batch, seq, heads, headDim] to the same shape: a norm of each head, a rotation. */
export type HeadLayer = Module & { forward(x: Tensor<HeadShape>, pass?: Pass): Tensor<HeadShape> };

/** Layers by name, which run in the order of their names in the object. */
export type HeadLayers = Readonly<Record<string, HeadLayer>>;

/** Checks for named layers of heads. */
export const headLayers: Check = (where, name, value) => {
  expectRecord(where, name, value);
  for (const layer in value) expectLayer(where, `${name}.${layer}`, value[layer]);
};

/** The layers of x in turn. */
export function through(layers: HeadLayers | undefined, x: Tensor<HeadShape>, pass: Pass): Tensor<HeadShape> {
  let y = x;
  for (const name in layers) y = layers[name]!.forward(y, pass);
  return y;
}

export function expectHeads(where: string, x: unknown): asserts x is Tensor<HeadShape> {
  if (!(x instanceof Tensor)) throw wrongKind(where, "x", "a Tensor", x);
  if (x.rank !== 4) throw new ShapeError(`${where}: x ${x.describe()} is not [batch, seq, heads, headDim]`);
}

/** The layer of `AcrossHeads`. */
export interface AcrossHeadsConfig {
  /** A layer of [batch, seq, heads · headDim], such as `new RMSNorm({ dModel: heads * headDim })`. */
  layer: Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> };
}

/**
 * Applies a layer to all heads joined into one vector: a norm of queries over all heads, as in OLMo 2, instead of one
 * of each head.
 *
 * [batch, seq, heads, headDim] → the same shape.
 *
 * @example
 * ```ts
 * import { AcrossHeads, MultiHeadAttention, RMSNorm } from "transformer-blocks";
 * const queries = { norm: new AcrossHeads({ layer: new RMSNorm({ dModel: 8 }) }) };
 * new MultiHeadAttention({ dModel: 8, heads: 2, queries }).queries?.norm === queries.norm; // true
 * ```
 */
export class AcrossHeads extends Module {
  readonly layer: AcrossHeadsConfig["layer"];

  constructor(config: AcrossHeadsConfig) {
    super();
    checkOptions("AcrossHeads", config, { layer: expectLayer } satisfies Checks<AcrossHeadsConfig>, ["layer"]);
    this.layer = config.layer;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, heads, headDim] → the same shape. */
  forward(x: Tensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass: Pass = {}): Tensor<HeadShape> {
    expectHeads("AcrossHeads", x);
    checkPass("AcrossHeads", pass);
    const [batch, seq, heads, headDim] = x.shape;
    return reshape(this.layer.forward(reshape(x, [batch, seq, heads * headDim]), pass), x.shape) as Tensor<HeadShape>;
  }
}

/** The sizes and the kind of a `PerHeadNorm`. */
export interface PerHeadNormConfig {
  heads: number;
  headDim: number;
  /** layerNorm if omitted. */
  normalization?: "layerNorm" | "rmsNorm" | undefined;
  /** 1e-5 if omitted. */
  epsilon?: number | undefined;
}

const checks: Checks<PerHeadNormConfig> = {
  heads: size,
  headDim: size,
  normalization: /* @__PURE__ */ oneOf(["layerNorm", "rmsNorm"]),
  epsilon,
};

/**
 * Normalizes each head with a weight of its own: yₕ = (xₕ − mean) / √(variance + ε) · weightₕ, as in Cohere's Command R+
 * and StableLM 2; without the mean for "rmsNorm".
 *
 * [batch, seq, heads, headDim] → the same shape. Reports `output`.
 *
 * @see Dehghani et al. 2023 (arXiv 2302.05442), section 2, for norms of queries and keys
 */
export class PerHeadNorm extends Module {
  /** Of each head, [headDim]. */
  readonly weights: readonly Parameter[];
  readonly normalization: "layerNorm" | "rmsNorm";
  readonly epsilon: number;

  constructor(config: PerHeadNormConfig) {
    super();
    checkOptions("PerHeadNorm", config, checks, ["heads", "headDim"]);
    this.weights = Array.from({ length: config.heads }, () => new Parameter([config.headDim], initials.ones()));
    this.normalization = config.normalization ?? "layerNorm";
    this.epsilon = config.epsilon ?? 1e-5;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, heads, headDim] → the same shape. */
  forward(x: Tensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass: Pass = {}): Tensor<HeadShape> {
    checkPass("PerHeadNorm", pass);
    const [heads, headDim] = [this.weights.length, this.weights[0]!.shape[0]];
    expectHeads("PerHeadNorm", x);
    if (x.shape[2] !== heads || x.shape[3] !== headDim)
      throw new ShapeError(`PerHeadNorm: x ${x.describe()} is not [batch, seq, ${heads}, ${headDim}]`);
    const { epsilon } = this;
    const normalized =
      this.normalization === "rmsNorm"
        ? rmsNorm(x, undefined, { epsilon })
        : layerNorm(x, undefined, undefined, { epsilon });
    const output = multiply(normalized, stack(this.weights, { axis: 0 })) as Tensor<HeadShape>;
    return tap(pass, this, "output", output);
  }
}
