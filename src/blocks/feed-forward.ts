import { type Check, type Checks, checkOptions, expectBoolean, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import { dropout, gated, gelu, type Initial, multiply, type RankedTensor, relu, silu, type Tensor } from "../tensor";
import { fedTogether } from "../tensor/internal";
import { expectLayer, expectSequence, initial, rate, size } from "./checks";
import { Linear, together } from "./linear";
import { type Caching, Module } from "./module";
import type { Norm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";

/** An elementwise function, or its name; or a module with parameters of its own, such as XIELU. */
export type Activation = "relu" | "gelu" | "geluTanh" | "silu" | ((x: Tensor) => Tensor) | ActivationLayer;

/** A module that applies an elementwise function. */
export type ActivationLayer = Module & { forward(x: Tensor): Tensor };

const activations: Record<Extract<Activation, string>, (x: Tensor) => Tensor> = {
  relu: (x) => relu(x),
  gelu: (x) => gelu(x),
  geluTanh: (x) => gelu(x, { approximate: "tanh" }),
  silu: (x) => silu(x),
};

/** f(x), or f(gate) ⊙ x if a gate is given. */
export function activated(activation: Activation, x: Tensor, gate?: Tensor): Tensor {
  if (typeof activation !== "string") {
    const f = typeof activation === "function" ? activation : (input: Tensor) => activation.forward(input);
    return gate ? multiply(f(gate), x) : f(x);
  }
  return gate ? gated(gate, x, { activation }) : activations[activation](x);
}

const named = oneOf(Object.keys(activations));

/** Checks for an elementwise function, its name or a module. */
export const activation: Check = (where, name, value) => {
  if (value instanceof Module) expectLayer(where, name, value);
  else if (typeof value !== "function") named(where, name, value);
};

/** The sizes and the activation of a `FeedForward`. */
export interface FeedForwardConfig {
  dModel: number;
  /** The width between the two layers; 4 · dModel if omitted. */
  dFeedForward?: number | undefined;
  /** relu if omitted. */
  activation?: Activation | undefined;
  /** Multiplies the activated half by a second, linear half: f(x Wᵍ) ⊙ x Wᵘ. */
  gated?: boolean | undefined;
  bias?: boolean | undefined;
  /** A norm of the hidden values, as in BitNet. */
  hiddenNorm?: Norm | undefined;
  /** The share of hidden values to zero in training. */
  dropout?: number | undefined;
  initial?: Initial | undefined;
}

export const feedForwardChecks: Checks<FeedForwardConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "dFeedForward intermediateSize dFf ffnDim dimFeedforward nInner hiddenDim feedForwardDim encoderFfnDim decoderFfnDim ffDim dInner mlpDim intermediateDim ffnHiddenSize",
      "activation hiddenAct activationFunction act nonlinearity hiddenActivation activationFn",
      "feedForwardBias mlpBias ffnBias",
    ],
    words: ["silu swish", "geluTanh geluNew geluPytorchTanh geluFast geluAccurate geluApproximate"],
  },
  {
    dModel: size,
    dFeedForward: size,
    activation,
    gated: expectBoolean,
    bias: expectBoolean,
    hiddenNorm: expectLayer,
    dropout: rate,
    initial,
  },
);

/**
 * FFN(x) = f(x Wᵘ + bᵘ) Wᵈ + bᵈ, or gated, (f(x Wᵍ) ⊙ x Wᵘ) Wᵈ: each position separately. A norm may come before Wᵈ.
 *
 * [batch, seq, dModel] → the same shape. Wᵘ, Wᵍ, Wᵈ are `up`, `gate`, `down`. Reports `hidden` [batch, seq,
 * dFeedForward] and `output`.
 *
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.3; Shazeer 2020 (arXiv 2002.05202) for the gated form
 */
export class FeedForward extends Module {
  readonly up: Linear;
  readonly gate: Linear | undefined;
  readonly hiddenNorm: Norm | undefined;
  readonly down: Linear;
  readonly activation: Activation;
  readonly dropout: number;

  constructor(config: FeedForwardConfig) {
    super();
    checkOptions("FeedForward", config, feedForwardChecks, ["dModel"]);
    const { dModel, dFeedForward = 4 * dModel, bias, initial, dropout = 0 } = config;
    this.activation = config.activation ?? "relu";
    this.up = new Linear({ inFeatures: dModel, outFeatures: dFeedForward, bias, initial });
    this.gate = config.gated ? new Linear({ inFeatures: dModel, outFeatures: dFeedForward, bias, initial }) : undefined;
    this.hiddenNorm = config.hiddenNorm;
    this.down = new Linear({ inFeatures: dFeedForward, outFeatures: dModel, bias, initial });
    this.dropout = dropout;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("FeedForward", "x", x);
    checkPass("FeedForward", pass);
    const whole = this.#together(x, pass);
    if (whole) return whole;
    const [up, gate] = together(x, this.gate ? [this.up, this.gate] : [this.up]);
    const inner = activated(this.activation, up!, gate); // [batch, seq, dFeedForward]
    const hidden = tap(pass, this, "hidden", inner as Tensor<Sequence>);
    const kept = pass.rng ? dropout(hidden, { rate: this.dropout, random: pass.rng }) : hidden;
    return tap(
      pass,
      this,
      "output",
      this.down.forward(this.hiddenNorm ? this.hiddenNorm.forward(kept, pass) : kept) as Tensor<Sequence>,
    );
  }

  /** Many rows through a gated layer in one call, if nobody looks between its parts. */
  #together(x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> | undefined {
    const { gate, up, down, activation, hiddenNorm } = this;
    if (!gate || hiddenNorm || typeof activation !== "string" || pass.tap || pass.rng || x.size === x.shape[2])
      return undefined;
    const isPlain = [gate, up, down].every(({ forward }) => forward === Linear.prototype.forward);
    return isPlain ? fedTogether(x, { gate, up, down, activation }) : undefined;
  }
}
