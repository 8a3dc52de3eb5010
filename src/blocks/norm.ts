import { type Check, type Checks, checkOptions, expectBoolean, oneOf, wholeIn, wrongKind } from "../checks";
import { classOf } from "../describe";
import { knownAs } from "../synonyms";
import { add, initials, layerNorm, Parameter, rmsNorm, type Shape, ShapeError, Tensor } from "../tensor";
import { epsilon, expectLayer, size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, tap } from "./pass";

/** The size of a norm. */
export interface NormConfig {
  dModel: number;
  epsilon?: number | undefined;
  /** Whether it has a weight; true if omitted. */
  weight?: boolean | undefined;
  /** The stored weight is the factor minus this, as in Gemma (1); 0 if omitted. */
  offset?: 0 | 1 | undefined;
}

/** The size of a `LayerNorm`, and which parameters it has. */
export interface LayerNormConfig extends NormConfig {
  /** Whether it has a bias; true if omitted. */
  bias?: boolean | undefined;
}

const checks: Checks<NormConfig> = /* @__PURE__ */ knownAs(
  { options: ["dModel normalizedShape numFeatures"] },
  { dModel: size, epsilon, weight: expectBoolean, offset: /* @__PURE__ */ wholeIn({ least: 0, most: 1 }) },
);
const layerNormChecks: Checks<LayerNormConfig> = { ...checks, bias: expectBoolean };

/** The weight that a config asks for. @throws TypeError for an offset of no weight */
function weightOf(where: string, { dModel, weight = true, offset = 0 }: NormConfig): Parameter | undefined {
  if (weight) return new Parameter([dModel], offset === 1 ? initials.zeros() : initials.ones());
  if (offset !== 0) throw new TypeError(`${where}: offset has no effect without a weight`);
  return undefined;
}

/** What the normalized x is multiplied by: the stored weight plus its offset. */
function factorOf(norm: LayerNorm | RMSNorm, x: Tensor): Tensor | undefined {
  const { weight, offset, dModel } = norm;
  if (weight) return offset === 0 ? weight : add(weight, offset);
  if (x.shape.at(-1) !== dModel)
    throw new ShapeError(`${classOf(norm)}: x ${x.describe()} does not end in dModel ${dModel}`);
  return undefined;
}

/**
 * y = (x − mean) / √(variance + ε) · (weight + offset) + bias over the last axis. Reports `output`.
 *
 * @see Ba et al. 2016, Layer Normalization (arXiv 1607.06450)
 */
export class LayerNorm extends Module {
  /** [dModel] */
  readonly weight: Parameter | undefined;
  /** [dModel] */
  readonly bias: Parameter | undefined;
  readonly dModel: number;
  readonly epsilon: number;
  readonly offset: number;

  constructor(config: LayerNormConfig) {
    super();
    checkOptions("LayerNorm", config, layerNormChecks, ["dModel"]);
    this.weight = weightOf("LayerNorm", config);
    this.bias = (config.bias ?? true) ? new Parameter([config.dModel], initials.zeros()) : undefined;
    this.dModel = config.dModel;
    this.epsilon = config.epsilon ?? 1e-5;
    this.offset = config.offset ?? 0;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** A tensor of any shape → the same shape. */
  forward<S extends Shape>(x: Tensor<S>, pass: Pass = {}): Tensor<S> {
    checkPass("LayerNorm", pass);
    return tap(pass, this, "output", layerNorm(x, factorOf(this, x), this.bias, { epsilon: this.epsilon }));
  }
}

/**
 * y = x / √(mean(x²) + ε) · (weight + offset) over the last axis. Reports `output`.
 *
 * @see Zhang and Sennrich 2019, Root Mean Square Layer Normalization (arXiv 1910.07467)
 */
export class RMSNorm extends Module {
  /** [dModel] */
  readonly weight: Parameter | undefined;
  readonly dModel: number;
  readonly epsilon: number;
  readonly offset: number;

  constructor(config: NormConfig) {
    super();
    checkOptions("RMSNorm", config, checks, ["dModel"]);
    this.weight = weightOf("RMSNorm", config);
    this.dModel = config.dModel;
    this.epsilon = config.epsilon ?? 1e-6;
    this.offset = config.offset ?? 0;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** A tensor of any shape → the same shape. */
  forward<S extends Shape>(x: Tensor<S>, pass: Pass = {}): Tensor<S> {
    checkPass("RMSNorm", pass);
    return tap(pass, this, "output", rmsNorm(x, factorOf(this, x), { epsilon: this.epsilon }));
  }
}

/** y = x, in the place of a norm that a model does not have. Reports `output`. */
export class Unchanged extends Module {
  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** A tensor of any shape → the same shape. */
  forward<S extends Shape>(x: Tensor<S>, pass: Pass = {}): Tensor<S> {
    if (!(x instanceof Tensor)) throw wrongKind("Unchanged", "x", "a Tensor", x);
    checkPass("Unchanged", pass);
    return tap(pass, this, "output", x);
  }
}

/** A module that normalizes [batch, seq, dModel], like LayerNorm and RMSNorm. */
export type Norm = Module & { forward<S extends Shape>(x: Tensor<S>, pass?: Pass): Tensor<S> };

/** Which normalization a block uses: a name, or what makes one of a size and an epsilon. */
export type Normalization = "layerNorm" | "rmsNorm" | ((config: NormConfig) => Norm);

const name = oneOf(["layerNorm", "rmsNorm"] satisfies Normalization[]);

/** Checks for a normalization: its name, or a function that makes it. */
export const normalization: Check = (where, option, value) => {
  if (typeof value !== "function") name(where, option, value);
};

/** @throws RangeError if there is no normalization of this name; TypeError unless a function makes a module */
export function makeNorm(kind: "layerNorm" | "rmsNorm", config: NormConfig): LayerNorm | RMSNorm;
export function makeNorm(kind: Normalization, config: NormConfig): Norm;
export function makeNorm(kind: Normalization, config: NormConfig): Norm {
  return normFor("makeNorm", kind, config);
}

/** `makeNorm` for a caller that messages name. */
export function normFor(where: string, kind: Normalization, config: NormConfig): Norm {
  normalization(where, "normalization", kind);
  if (typeof kind !== "function") return kind === "rmsNorm" ? new RMSNorm(config) : new LayerNorm(config);
  const made = kind(config);
  expectLayer(where, "what normalization returns", made);
  return made;
}
