import { type Checks, checkOptions, numberIn } from "../checks";
import { knownAs } from "../synonyms";
import {
  abs,
  concatenate,
  divide,
  gather,
  greater,
  type Initial,
  initials,
  linear,
  maskedFill,
  maximum,
  oneHot,
  Parameter,
  type RankedTensor,
  reshape,
  softmax,
  stopGradient,
  subtract,
  type Tensor,
  topK,
} from "../tensor";
import { expectSequence, initial, size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { type Routing, reportedChoice } from "./router";

/** The sizes of a `SparseMixerRouter`. */
export interface SparseMixerRouterConfig {
  dModel: number;
  /** How many experts there are. */
  experts: number;
  /** Logits further from the greatest than 2 · jitter, relative to it, do not count in its softmax; 0.01 if omitted. */
  jitter?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<SparseMixerRouterConfig> = /* @__PURE__ */ knownAs(
  { options: ["jitter routerJitterNoise jitterEps"] },
  { dModel: size, experts: size, jitter: numberIn({ least: 0 }), initial },
);

/**
 * Chooses two experts, one after the other. Each one's weight is its share of a softmax over the logits that are near it:
 * those with (greatest − logit) / max(|logit|, greatest) ≤ 2 · jitter. The second softmax leaves the first expert out, so
 * both weights are near 1 where one expert stands out.
 *
 * x [batch, seq, dModel] → the chosen experts and their weights [batch, seq, 2]. Reports `logits` [batch, seq, experts],
 * `chosen` and `weights` [batch, seq, 2]. The choice is read on the CPU, so it cannot be made on a device. In training the
 * choice is the same, and gradients are those of the weights: the paper's sampling is not done.
 *
 * @see Liu et al. 2024, GRIN (arXiv 2409.12136), section 2, as in Phi-3.5-MoE
 * @example
 * ```ts
 * import { initialize, ones, SparseMixerRouter } from "transformer-blocks";
 * const router = initialize(new SparseMixerRouter({ dModel: 4, experts: 8 }), { seed: 1 });
 * router.forward(ones([1, 3, 4])).weights.shape; // [1, 3, 2]
 * ```
 */
export class SparseMixerRouter extends Module {
  /** [experts, dModel] */
  readonly weight: Parameter;
  readonly experts: number;
  readonly jitter: number;

  constructor(config: SparseMixerRouterConfig) {
    super();
    checkOptions("SparseMixerRouter", config, checks, ["dModel", "experts"]);
    const { dModel, experts, jitter = 0.01, initial = initials.uniform(1 / Math.sqrt(dModel)) } = config;
    if (experts < 2) throw new RangeError(`SparseMixerRouter: it chooses 2 experts, but there is only ${experts}`);
    this.weight = new Parameter([experts, dModel], initial);
    this.experts = experts;
    this.jitter = jitter;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, dModel] → the chosen experts of each token and their weights. */
  forward(x: Tensor<Sequence>, pass?: Pass): Routing;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Routing;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Routing {
    expectSequence("SparseMixerRouter", "x", x);
    checkPass("SparseMixerRouter", pass);
    const logits = tap(pass, this, "logits", linear(x as Tensor, this.weight)); // [batch, seq, experts]
    const first = this.#pick(logits, logits);
    const taken = reshape(oneHot(first.index, { classes: this.experts }), logits.shape);
    const second = this.#pick(maskedFill(logits, taken, -Infinity), logits);
    const both = first.index.map((row, b) => row.map((token, s) => [...token, ...second.index[b]![s]!]));
    const weights = concatenate([first.weight, second.weight], { axis: 2 });
    const chosen = reportedChoice(pass, this, both, weights.shape);
    return { chosen, weights: tap(pass, this, "weights", weights) };
  }

  /** The expert with the greatest of the logits that are left, and its share of those near it. */
  #pick(left: Tensor, logits: Tensor): { index: number[][][]; weight: Tensor } {
    const { values: greatest, indices } = topK(stopGradient(left), { k: 1 }); // [batch, seq, 1]
    const all = stopGradient(logits);
    const isFar = greater(divide(subtract(greatest, all), maximum(abs(all), greatest)), 2 * this.jitter);
    const shares = softmax(maskedFill(left, isFar, -Infinity));
    const index = indices as number[][][];
    return { index, weight: reshape(gather(shares, index, { axis: 2 }), greatest.shape) };
  }
}
