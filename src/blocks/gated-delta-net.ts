import { type Checks, checkOptions } from "../checks";
import { knownAs } from "../synonyms";
import {
  add,
  concatenate,
  exp,
  type HeadShape,
  type Initial,
  initials,
  multiply,
  negate,
  Parameter,
  type RankedTensor,
  repeat,
  reshape,
  rmsNorm,
  ShapeError,
  sigmoid,
  softplus,
  split,
  type Tensor,
  transpose,
} from "../tensor";
import { CausalConvolution } from "./causal-convolution";
import { epsilon, expectSequence, initial, size } from "./checks";
import { type Activation, activated, activation } from "./feed-forward";
import { type DeltaInputs, gatedDeltaRule } from "./gated-delta-rule";
import { Linear, together } from "./linear";
import { type Caching, Module } from "./module";
import { RMSNorm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { withoutPadding } from "./without-padding";

/** The sizes of a `GatedDeltaNet`. */
export interface GatedDeltaNetConfig {
  dModel: number;
  /** The heads of queries and keys. */
  keyHeads: number;
  /** The heads of values, a multiple of `keyHeads`. */
  valueHeads: number;
  /** The size of each query and key. */
  keyDim: number;
  /** The size of each value. */
  valueDim: number;
  /** How many positions the convolution sees: its own and those before it. */
  kernelSize: number;
  /** After the convolution; silu if omitted. */
  activation?: Activation | undefined;
  /** Of the norm of each head's output. */
  epsilon?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<GatedDeltaNetConfig> = /* @__PURE__ */ knownAs(
  { options: ["keyHeads linearNumKeyHeads", "valueHeads linearNumValueHeads", "kernelSize linearConvKernelDim"] },
  {
    ...{ dModel: size, keyHeads: size, valueHeads: size, keyDim: size, valueDim: size, kernelSize: size },
    ...{ activation, epsilon, initial },
  },
);

/**
 * Linear attention with a memory of fixed size: queries, keys and values go through a short convolution and an
 * activation, queries and keys are scaled to length 1, and the gated delta rule reads and corrects the memory of each
 * head. Its output is normalized, multiplied by silu of a gate, joined and multiplied by Wᴼ. The step is β = σ(x Wᵇ),
 * the decay −exp(`decayRate`) softplus(x Wᵃ + `decayBias`).
 *
 * x [batch, seq, dModel] → the same shape. Padding that the mask hides, as [batch][seq], counts as zeros. The cache
 * holds the memory and the last inputs of the convolution, whatever the length of the text. Layers are `query`, `key`,
 * `value`, `gate`, `step`, `decay`, `convolution`, `norm`, `output`. Reports what the rule takes, `queries`, `keys`, `values`,
 * `step` and `decay` [batch, seq, valueHeads, size], what it gives, `context`, what Wᴼ multiplies, `heads` [batch, seq,
 * valueHeads, valueDim], and `output`.
 *
 * @throws RangeError if `keyHeads` does not divide `valueHeads`
 * @see Yang et al. 2024, Gated Delta Networks (arXiv 2412.06464)
 */
export class GatedDeltaNet extends Module {
  readonly keyHeads: number;
  readonly valueHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly gate: Linear;
  readonly step: Linear;
  readonly decay: Linear;
  /** [valueHeads], a logarithm */
  readonly decayRate: Parameter;
  /** [valueHeads] */
  readonly decayBias: Parameter;
  readonly convolution: CausalConvolution;
  readonly norm: RMSNorm;
  readonly output: Linear;
  readonly activation: Activation;

  constructor(config: GatedDeltaNetConfig) {
    super();
    const required = ["dModel", "keyHeads", "valueHeads", "keyDim", "valueDim", "kernelSize"] as const;
    checkOptions("GatedDeltaNet", config, checks, required);
    const { dModel, keyHeads, valueHeads, keyDim, valueDim, kernelSize, epsilon, initial } = config;
    if (valueHeads % keyHeads !== 0)
      throw new RangeError(`GatedDeltaNet: ${keyHeads} keyHeads do not divide ${valueHeads} valueHeads`);
    const [keySize, valueSize] = [keyHeads * keyDim, valueHeads * valueDim];
    const layer = (inFeatures: number, outFeatures: number) =>
      new Linear({ inFeatures, outFeatures, bias: false, initial });
    this.keyHeads = keyHeads;
    this.valueHeads = valueHeads;
    this.keyDim = keyDim;
    this.valueDim = valueDim;
    this.query = layer(dModel, keySize);
    this.key = layer(dModel, keySize);
    this.value = layer(dModel, valueSize);
    this.gate = layer(dModel, valueSize);
    this.step = layer(dModel, valueHeads);
    this.decay = layer(dModel, valueHeads);
    this.decayRate = new Parameter([valueHeads], initials.uniform(2));
    this.decayBias = new Parameter([valueHeads], initials.ones());
    this.convolution = new CausalConvolution({ channels: 2 * keySize + valueSize, kernelSize, initial });
    this.norm = new RMSNorm({ dModel: valueDim, epsilon });
    this.output = layer(valueSize, dModel);
    this.activation = config.activation ?? "silu";
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "keeps";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("GatedDeltaNet", "x", x);
    checkPass("GatedDeltaNet", pass);
    if (x.shape[1] === 0) throw new ShapeError(`GatedDeltaNet: x ${x.describe()} has no positions`);
    const seen = withoutPadding("GatedDeltaNet", x, pass);
    const state = pass.cache?.recall(this, x)?.memory;
    const rule = gatedDeltaRule(this.#reported({ ...this.#mixed(seen, pass), ...this.#control(seen) }, pass), state);
    pass.cache?.keep(this, { memory: rule.state });
    const context: Tensor = tap(pass, this, "context", turned(rule.outputs) as Tensor);
    const gates = reshape(this.gate.forward(seen), context.shape); // [batch, seq, valueHeads, valueDim]
    const heads = tap(pass, this, "heads", activated("silu", this.norm.forward(context, pass), gates));
    const [batch, seq] = x.shape;
    const joined: Tensor = reshape(heads, [batch, seq, this.valueHeads * this.valueDim]);
    return tap(pass, this, "output", this.output.forward(joined) as Tensor<Sequence>);
  }

  /** Queries, keys and values after the convolution, [batch, valueHeads, seq, size]. */
  #mixed(x: Tensor<Sequence>, pass: Pass) {
    const parts = together(x, [this.query, this.key, this.value]);
    const joined = concatenate(parts, { axis: 2 }) as Tensor<Sequence>;
    // Without biases, what padding gives is zeros already.
    const active = activated(this.activation, this.convolution.forward(joined, { ...pass, mask: undefined }));
    const [queries, keys, values] = split(active, { axis: 2, sizes: parts.map(({ shape }) => shape[2]!) });
    const scale = 1 / Math.sqrt(this.keyDim);
    return {
      queries: multiply(this.#directions(queries!), scale) as Tensor<HeadShape>,
      keys: this.#directions(keys!),
      values: byHeads(values!, this.valueHeads),
    };
  }

  /** Vectors of length 1, each for as many value heads as it serves. */
  #directions(x: Tensor): Tensor<HeadShape> {
    const heads: Tensor = byHeads(x, this.keyHeads);
    // x / √(Σ x² + ε), by the norm that divides by the root of the mean.
    const normed: Tensor = rmsNorm(heads, undefined, { epsilon: SHORTEST / this.keyDim });
    const directions: Tensor = multiply(normed, 1 / Math.sqrt(this.keyDim));
    const times = this.valueHeads / this.keyHeads;
    return (times === 1 ? directions : repeat(directions, { times, axis: 1, each: true })) as Tensor<HeadShape>;
  }

  /** Reports what the rule takes, as [batch, seq, valueHeads, size]. */
  #reported(inputs: DeltaInputs, pass: Pass): DeltaInputs {
    const report = (site: keyof DeltaInputs) =>
      pass.tap?.sees(this, site) ? turned(tap(pass, this, site, turned(inputs[site]))) : inputs[site];
    const [queries, keys, values] = [report("queries"), report("keys"), report("values")];
    return { queries, keys, values, step: report("step"), decay: report("decay") };
  }

  #control(x: Tensor<Sequence>) {
    const rate = softplus(add(this.decay.forward(x) as Tensor, this.decayBias));
    return {
      step: byHeads(sigmoid(this.step.forward(x) as Tensor), this.valueHeads),
      decay: byHeads(multiply(rate, negate(exp(this.decayRate))), this.valueHeads),
    };
  }
}

/** Keeps the division by a length from overflowing. */
const SHORTEST = 1e-6;

/** [batch, heads, seq, size] ↔ [batch, seq, heads, size] */
const turned = (x: Tensor): Tensor<HeadShape> => transpose(x, { axes: [1, 2] }) as Tensor<HeadShape>;

/** [batch, seq, heads · size] → [batch, heads, seq, size] */
function byHeads(x: Tensor, heads: number): Tensor<HeadShape> {
  const [batch, seq, width] = x.shape as Sequence;
  return turned(reshape(x, [batch, seq, heads, width / heads]));
}
