import { checkOptions } from "../checks";
import {
  add,
  clamp,
  divide,
  gather,
  initials,
  linear,
  multiply,
  oneHot,
  Parameter,
  type RankedTensor,
  reshape,
  sigmoid,
  softmax,
  stopGradient,
  sum,
  type Tensor,
  topK,
  where,
} from "../tensor";
import { expectSequence } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { type Routing, reportedChoice } from "./router";
import { type ExpertGroups, expectChoice, routerChecks, type TopKRouterConfig } from "./router-config";

/**
 * Chooses the k experts with the greatest scores: s = softmax(x Wᵀ + b), or σ(x Wᵀ + b). The weights are the scores of
 * the chosen, divided by their sum if `renormalize`, times `scale`. With `correction` c, the greatest s + c are chosen,
 * but the weights are still s. With `groups`, experts outside of the best groups are not chosen.
 *
 * x [batch, seq, dModel] → the chosen experts and their weights [batch, seq, topK], the greatest first. Reports `logits`
 * and `scores` [batch, seq, experts], `chosen` (numbers of experts) and `weights` [batch, seq, topK]; a patch of `chosen`
 * makes the choice. The choice is read on the CPU, so it cannot be made on a device. Quantization leaves the router in
 * float32.
 *
 * @throws RangeError if there are fewer experts to choose from than `topK`, or they do not divide into the groups
 * @see Shazeer et al. 2017 (arXiv 1701.06538); Jiang et al. 2024, Mixtral (arXiv 2401.04088), section 2.1, where the
 * softmax is over the chosen; DeepSeek-AI 2024, DeepSeek-V3 (arXiv 2412.19437), section 2.1.2, for sigmoid, correction and groups
 * @example
 * ```ts
 * import { initialize, ones, TopKRouter } from "transformer-blocks";
 * const router = initialize(new TopKRouter({ dModel: 4, experts: 8, topK: 2, renormalize: true }), { seed: 1 });
 * const { chosen, weights } = router.forward(ones([1, 3, 4]));
 * chosen[0]![0]!.length; // 2
 * weights.shape;         // [1, 3, 2]
 * ```
 */
export class TopKRouter extends Module {
  /** [experts, dModel] */
  readonly weight: Parameter;
  /** [experts] */
  readonly bias: Parameter | undefined;
  /** [experts] */
  readonly correction: Parameter | undefined;
  readonly experts: number;
  readonly topK: number;
  readonly scores: "softmax" | "sigmoid" | "softmaxOfChosen";
  /** The least that the chosen scores are divided by; undefined if they are not renormalized. */
  readonly leastSum: number | undefined;
  /** What is added to their sum. */
  readonly sumEpsilon: number;
  readonly scale: number;
  readonly groups: Required<ExpertGroups> | undefined;

  constructor(config: TopKRouterConfig) {
    super();
    checkOptions("TopKRouter", config, routerChecks, ["dModel", "experts", "topK"]);
    const { dModel, experts, topK, initial = initials.uniform(1 / Math.sqrt(dModel)) } = config;
    expectChoice(config);
    this.weight = new Parameter([experts, dModel], initial);
    this.bias = config.bias ? new Parameter([experts], initials.zeros()) : undefined;
    this.correction = config.correction ? new Parameter([experts], initials.zeros()) : undefined;
    this.experts = experts;
    this.topK = topK;
    this.scores = config.scores ?? "softmax";
    this.leastSum = config.renormalize ? (config.leastSum ?? 1e-20) : undefined;
    this.sumEpsilon = config.sumEpsilon ?? 0;
    this.scale = config.scale ?? 1;
    this.groups = config.groups && { score: "twoGreatest", ...config.groups };
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, dModel] → the chosen experts of each token and their weights. */
  forward(x: Tensor<Sequence>, pass?: Pass): Routing;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Routing;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Routing {
    expectSequence("TopKRouter", "x", x);
    checkPass("TopKRouter", pass);
    const logits = tap(pass, this, "logits", linear(x as Tensor, this.weight, this.bias)); // [batch, seq, experts]
    const scores = tap(pass, this, "scores", scored[this.scores](logits));
    const shape = [...logits.shape.slice(0, 2), this.topK];
    const { indices } = topK(this.#limited(this.#preference(logits, scores)), { k: this.topK });
    const chosen = reportedChoice(pass, this, indices as number[][][], shape);
    const picked = reshape(gather(scores, chosen, { axis: 2 }), shape); // [batch, seq, topK]
    return { chosen, weights: tap(pass, this, "weights", this.#weighed(picked)) };
  }

  /** What is compared: without a correction the logits, whose order is that of the scores before they round. */
  #preference(logits: Tensor, scores: Tensor): Tensor {
    return stopGradient(this.correction ? add(scores, this.correction) : logits);
  }

  /** −∞ for the experts of all but the best groups. */
  #limited(preference: Tensor): Tensor {
    if (!this.groups) return preference;
    const { count, topK: k, score } = this.groups;
    const [batch, seq] = preference.shape as Sequence;
    const grouped = reshape(preference, [batch, seq, count, this.experts / count]);
    const { values } = topK(grouped, { k: score === "greatest" ? 1 : 2 });
    const best = topK(sum(values, { axis: -1 }), { k }).indices as number[][][];
    const isBest = reshape(sum(oneHot(best, { classes: count }), { axis: 2 }), [batch, seq, count, 1]);
    return reshape(where(isBest, grouped, -Infinity), preference.shape);
  }

  #weighed(picked: Tensor): Tensor {
    const weights = this.scores === "softmaxOfChosen" ? softmax(picked) : picked;
    const total = this.leastSum && clamp(sum(weights, { axis: -1, keepAxis: true }), { minimum: this.leastSum });
    const divisor = total && this.sumEpsilon > 0 ? add(total, this.sumEpsilon) : total;
    const shares = divisor ? divide(weights, divisor) : weights;
    return this.scale === 1 ? shares : multiply(shares, this.scale);
  }
}

const scored: Readonly<Record<TopKRouter["scores"], (logits: Tensor) => Tensor>> = {
  softmax: (logits) => softmax(logits),
  sigmoid: (logits) => sigmoid(logits),
  softmaxOfChosen: (logits) => logits,
};
