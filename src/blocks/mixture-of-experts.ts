import { type Check, type Checks, checkOptions, oneOf, wrongKind } from "../checks";
import { knownAs } from "../synonyms";
import {
  add,
  concatenate,
  indexSelect,
  multiply,
  type RankedTensor,
  reshape,
  ShapeError,
  scatterAdd,
  sigmoid,
  split,
  sum,
  type Tensor,
  zeros,
} from "../tensor";
import { sameShape } from "../tensor/internal";
import type { SequenceLayer } from "./block";
import { expectSequence } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { dispatch, type Router } from "./router";

/** The experts and the router of a `MixtureOfExperts`. */
export interface MixtureOfExpertsConfig {
  /** In most cases FeedForward layers. */
  experts: readonly SequenceLayer[];
  /** Chooses among the experts: a `TopKRouter`, a `SparseMixerRouter`, or a module of your own. */
  router: Router;
  /** An expert that every token gets. */
  shared?: SequenceLayer | undefined;
  /** From dModel to 1: its sigmoid multiplies the output of the shared expert. */
  sharedGate?: (Module & { forward(x: Tensor): Tensor }) | undefined;
  /** How the shared expert's output and the others' are joined: "sum" if omitted. */
  sharing?: "sum" | "mean" | undefined;
  /** What the weights multiply: the experts' "outputs" (if omitted), or their "inputs", as in Llama 4. */
  weigh?: "outputs" | "inputs" | undefined;
}

const forwards: Check = (where, name, value) => {
  if (!(value instanceof Module) || typeof Reflect.get(value, "forward") !== "function")
    throw wrongKind(where, name, "a Module with forward(x, pass)", value);
};
const list: Check = (where, name, value) => {
  if (!Array.isArray(value)) throw wrongKind(where, name, "an array of Modules", value);
  if (value.length === 0) throw new RangeError(`${where}: ${name} is empty; give one or more`);
  for (const [i, each] of value.entries()) forwards(where, `${name}[${i}]`, each);
};

const checks: Checks<MixtureOfExpertsConfig> = /* @__PURE__ */ knownAs(
  { options: ["router gate gating", "shared sharedExpert sharedExperts", "sharedGate sharedExpertGate"] },
  {
    experts: list,
    router: forwards,
    shared: forwards,
    sharedGate: forwards,
    sharing: oneOf(["sum", "mean"]),
    weigh: oneOf(["outputs", "inputs"]),
  },
);

/**
 * y = Σₑ wₑ · expertₑ(x) over the few experts that the router chooses for each token, plus the shared expert's output.
 * Takes the place of FeedForward in a block.
 *
 * [batch, seq, dModel] → the same shape. The tokens of each expert are gathered, so that a weight is read once and only
 * the chosen products are made; the sums are in the order of the experts. Experts get the gathered tokens as [1, tokens,
 * dModel], and of the pass `rng` and `tap`. Reports `output`; the router reports the choice. The choice is read on the
 * CPU, so a mixture cannot run on a device.
 *
 * @throws RangeError if the router chooses among another number of experts
 * @see Shazeer et al. 2017 (arXiv 1701.06538); Dai et al. 2024, DeepSeekMoE (arXiv 2401.06066), for shared experts
 * @example
 * ```ts
 * import { FeedForward, initialize, MixtureOfExperts, ones, TopKRouter } from "transformer-blocks";
 * const mixture = new MixtureOfExperts({
 *   experts: Array.from({ length: 8 }, () => new FeedForward({ dModel: 4, dFeedForward: 6, gated: true })),
 *   router: new TopKRouter({ dModel: 4, experts: 8, topK: 2 }),
 * });
 * initialize(mixture, { seed: 1 }).forward(ones([1, 3, 4])).shape; // [1, 3, 4]
 * ```
 */
export class MixtureOfExperts extends Module {
  readonly router: Router;
  readonly experts: readonly SequenceLayer[];
  readonly shared: SequenceLayer | undefined;
  readonly sharedGate: MixtureOfExpertsConfig["sharedGate"];
  readonly sharing: "sum" | "mean";
  readonly weigh: "outputs" | "inputs";

  constructor(config: MixtureOfExpertsConfig) {
    super();
    checkOptions("MixtureOfExperts", config, checks, ["experts", "router"]);
    const { experts, router, shared, sharedGate, sharing, weigh = "outputs" } = config;
    if (router.experts !== experts.length)
      throw new RangeError(
        `MixtureOfExperts: the router chooses among ${router.experts} experts, but there are ${experts.length}`,
      );
    for (const [name, value] of Object.entries({ sharedGate, sharing }))
      if (value !== undefined && !shared) throw new TypeError(`MixtureOfExperts: ${name} has no effect without shared`);
    this.router = router;
    this.experts = [...experts];
    this.shared = shared;
    this.sharedGate = sharedGate;
    this.sharing = sharing ?? "sum";
    this.weigh = weigh;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("MixtureOfExperts", "x", x);
    checkPass("MixtureOfExperts", pass);
    const [batch, seq, dModel] = x.shape;
    const flat = [batch * seq, dModel] as const;
    const base = this.shared ? reshape(this.#shared(x, this.shared, pass), flat) : zeros(flat);
    const routed = x.size === 0 ? base : this.#routed(x, base, pass);
    const joined = this.sharing === "mean" ? multiply(routed, 0.5) : routed;
    return tap(pass, this, "output", reshape(joined, x.shape) as Tensor<Sequence>);
  }

  #shared(x: Tensor<Sequence>, shared: SequenceLayer, pass: Pass): Tensor {
    const y = shared.forward(x, pass);
    return this.sharedGate ? multiply(sigmoid(this.sharedGate.forward(x)), y as Tensor) : y;
  }

  /** base + Σ w · expert(x), both [tokens, dModel]. */
  #routed(x: Tensor<Sequence>, base: Tensor, pass: Pass): Tensor {
    const { chosen, weights } = this.router.forward(x, pass);
    const { tokens, slots, groups } = dispatch(chosen, weights, x.shape, this.experts.length);
    // A single token, as in decoding, goes to its experts as it is.
    const single = base.shape[0] === 1;
    const flat = reshape(x, base.shape);
    const gathered = single ? flat : indexSelect(flat, tokens, { axis: 0 }); // [tokens · topK, dModel], by expert
    const weight = reshape(indexSelect(reshape(weights, [weights.size]), slots, { axis: 0 }), [slots.length, 1]);
    const inputs = this.weigh === "inputs" ? multiply(gathered, weight) : gathered;
    const parts =
      inputs === flat ? groups.map(() => flat) : split(inputs, { axis: 0, sizes: groups.map(({ size }) => size) });
    const outputs = concatenate(
      parts.map((part, i) => this.#expert(groups[i]!.expert, part as Tensor, pass)),
      { axis: 0 },
    );
    const weighted = this.weigh === "inputs" ? outputs : multiply(outputs, weight);
    return single ? add(base, sum(weighted, { axis: 0 })) : scatterAdd(base, tokens, weighted, { axis: 0 });
  }

  /** One expert of tokens [tokens, dModel]. */
  #expert(expert: number, x: Tensor, { rng, tap }: Pass): Tensor {
    const y = this.experts[expert]!.forward(reshape(x, [1, ...x.shape]) as Tensor as Tensor<Sequence>, { rng, tap });
    if (!sameShape(y.shape, [1, ...x.shape]))
      throw new ShapeError(`MixtureOfExperts: experts.${expert} makes [${y.shape}] of [1, ${x.shape.join(", ")}]`);
    return reshape(y, x.shape);
  }
}
