import { readFileSync } from "node:fs";
import {
  ClampedFeedForward,
  FeedForward,
  initialize,
  Linear,
  MixtureOfExperts,
  type MixtureOfExpertsConfig,
  Module,
  multiply,
  ones,
  type Pass,
  quantize,
  type Router,
  type Routing,
  random,
  type Sequence,
  type SequenceLayer,
  SparseMixerRouter,
  sum,
  type Tensor,
  TopKRouter,
  type TopKRouterConfig,
  tensor,
  valueAndGradients,
} from "transformer-blocks";
import { inspect, patch } from "transformer-blocks/inspect";
import { checkGradients, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { fixture, pick } from "./fixture";

const sizes = { dModel: 6, experts: 6 };

/** How experts_fixture.py describes a mixture in our words. */
interface Options extends Pick<MixtureOfExpertsConfig, "sharing" | "weigh"> {
  router: Partial<TopKRouterConfig> & { jitter?: number };
  shared?: number;
  sharedGate?: boolean;
  clamped?: boolean;
}
const cases = JSON.parse(readFileSync(new URL("../fixtures/blocks/experts.json", import.meta.url), "utf8")) as Record<
  string,
  Options
>;

const feedForward = (dFeedForward: number) =>
  new FeedForward({ dModel: 6, dFeedForward, gated: true, activation: "silu", bias: false });

const expert = (clamped = false): SequenceLayer =>
  clamped ? new ClampedFeedForward({ dModel: 6, dFeedForward: 5 }) : feedForward(5);

function mixtureOf({ router, shared, sharedGate, clamped, ...more }: Options): MixtureOfExperts {
  return new MixtureOfExperts({
    experts: Array.from({ length: sizes.experts }, () => expert(clamped)),
    router:
      router.jitter === undefined
        ? new TopKRouter({ ...sizes, topK: 2, ...router })
        : new SparseMixerRouter({ ...sizes, jitter: router.jitter }),
    shared: shared === undefined ? undefined : feedForward(shared),
    sharedGate: sharedGate ? new Linear({ inFeatures: 6, outFeatures: 1, bias: false }) : undefined,
    ...more,
  });
}

const tensors = fixture("blocks/experts");
const of = (name: string) => ({
  mixture: mixtureOf(cases[name]!),
  x: pick(tensors, `${name}.input`) as Tensor<Sequence>,
  theirs: (path: string) => pick(tensors, `${name}.${path}`),
});

/** The mixture of a case with the file's weights. */
function filled(name: string) {
  const made = of(name);
  for (const [path, parameter] of made.mixture.parameters())
    parameter.assign(made.theirs(`weight.${path}`).data.slice());
  return made;
}

/** Σ w · expert(x) for each token alone, in float64, from the choice that the router made. */
function tokenByToken(mixture: MixtureOfExperts, x: Tensor<Sequence>, { chosen, weights }: Routing): number[] {
  const [batch, seq, dModel] = x.shape;
  const w = weights.toArray() as number[][][];
  const tokens = x.toArray() as number[][][];
  const y: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let s = 0; s < seq; s++) {
      const total = new Float64Array(dModel);
      for (const [j, e] of chosen[b]![s]!.entries())
        expertOf(mixture.experts[e] as FeedForward, tokens[b]![s]!).forEach((value, i) => {
          total[i]! += w[b]![s]![j]! * value;
        });
      y.push(...total);
    }
  return y;
}

function expertOf({ up, gate, down }: FeedForward, x: readonly number[]): number[] {
  const times = ({ weight }: Linear, v: readonly number[]) =>
    (weight.toArray() as number[][]).map((row) => row.reduce((total, each, i) => total + each * v[i]!, 0));
  const ups = times(up, x);
  return times(
    down,
    times(gate!, x).map((g, i) => (g / (1 + Math.exp(-g))) * ups[i]!),
  );
}

describe.each(Object.keys(cases))("a mixture like transformers' %s", (name) => {
  it("gives its output and gradients", () => {
    const { mixture, x, theirs } = filled(name);
    expect(maxDifference(mixture.forward(x), theirs("output"))).toBeLessThan(1e-5);
    const loss = () => sum(multiply(mixture.forward(x) as Tensor, theirs("cotangent")));
    const { gradients } = valueAndGradients(mixture, loss);
    for (const path of mixture.parameters().keys()) {
      if (path === "router.correction") expect(gradients.get(path).data.every((each) => each === 0)).toBe(true);
      else expect(maxDifference(gradients.get(path), theirs(`gradient.weight.${path}`)), path).toBeLessThan(2e-5);
    }
    const ofInput = valueAndGradients([x], loss).gradients.get(x);
    expect(maxDifference(ofInput, theirs("gradient.input"))).toBeLessThan(2e-5);
  });

  it("gives a token the same alone as among others", () => {
    const { mixture, x } = filled(name);
    const whole = mixture.forward(x).toArray() as number[][][];
    for (const [b, row] of (x.toArray() as number[][][]).entries())
      for (const [s, token] of row.entries()) {
        const alone = mixture.forward(tensor([[token]]) as Tensor<Sequence>);
        expect(maxDifference(alone, tensor([[whole[b]![s]!]]))).toBeLessThan(1e-6);
      }
  });
});

describe("MixtureOfExperts", () => {
  const mixture = (more: Partial<Options> = {}) => initialize(mixtureOf({ router: {}, ...more }), { seed: 3 });
  const x = pick(tensors, "mixtral.input") as Tensor<Sequence>;

  it("is the formula token by token in float64", () => {
    const own = mixture({ router: { renormalize: true } });
    const expected = tokenByToken(own, x, own.router.forward(x));
    expect(maxDifference(own.forward(x), tensor(Float32Array.from(expected), x.shape))).toBeLessThan(1e-6);
  });

  it("runs each chosen expert once, on its tokens only", () => {
    const runs: [expert: number, tokens: number][] = [];
    class Counting extends Module {
      readonly number: number;
      constructor(number: number) {
        super();
        this.number = number;
      }
      forward(part: Tensor<Sequence>) {
        runs.push([this.number, part.shape[1]]);
        return part;
      }
    }
    class ByPosition extends Module {
      readonly experts = 4;
      forward({ shape: [batch, seq] }: Tensor<Sequence>): Routing {
        const choice = (token: number) => (token === 1 ? [3, 0] : [0, 2]);
        const chosen = Array.from({ length: batch }, () => Array.from({ length: seq }, (_, s) => choice(s)));
        return { chosen, weights: ones([batch, seq, 2]) };
      }
    }
    const experts = [0, 1, 2, 3].map((number) => new Counting(number));
    const y = new MixtureOfExperts({ experts, router: new ByPosition() }).forward(x);
    expect(runs).toEqual([
      [0, 10],
      [2, 8],
      [3, 2],
    ]);
    expect(maxDifference(y, multiply(x, 2) as Tensor)).toBe(0);
  });

  it.each(["softmax", "sigmoid", "softmaxOfChosen"] as const)("has exact gradients with %s scores", (scores) => {
    const groups = { count: 3, topK: 2 };
    const router = { scores, groups, correction: true, bias: true, scale: 1.5, renormalize: scores === "sigmoid" };
    const own = mixture({ router, shared: 4, sharedGate: true });
    const { maxRelativeError } = checkGradients(() => own.forward(x), own, { elements: 2 });
    expect(maxRelativeError).toBeLessThan(1e-4);
    expect(checkGradients((input) => own.forward(input), [x], { elements: 6 }).maxRelativeError).toBeLessThan(1e-4);
  });

  it("has exact gradients through a sparse mixer and through inputs that are weighed", () => {
    for (const options of [{ router: { jitter: 0.3 } }, { router: { scores: "sigmoid" }, weigh: "inputs" }] as const) {
      const own = mixture(options);
      expect(checkGradients(() => own.forward(x), own, { elements: 2 }).maxRelativeError).toBeLessThan(1e-4);
    }
  });

  it("chooses by the correction, and weighs without it", () => {
    const own = mixture({ router: { correction: true } });
    const plain = own.router.forward(x);
    const correction = Float32Array.of(0, 0, 0, 0, 10, 5);
    const router = own.router as TopKRouter;
    router.correction!.assign(correction);
    const { chosen, weights } = router.forward(x);
    expect(chosen.flat()).toEqual(Array.from({ length: 10 }, () => [4, 5]));
    expect(plain.chosen.flat()).not.toEqual(chosen.flat());
    const { record } = inspect(own, (pass) => own.forward(x, pass), { sites: ["router.scores"] });
    const scores = record.get("router.scores")!.toArray() as number[][][];
    expect(weights.toArray()).toEqual(scores.map((row) => row.map((token) => [token[4], token[5]])));
  });

  it("chooses only from the best groups", () => {
    const own = mixture({ router: { scores: "sigmoid", correction: true, groups: { count: 3, topK: 1 } } });
    const router = own.router as TopKRouter;
    // The greatest of all is expert 0, but the best pair is in the last group.
    router.correction!.assign(Float32Array.of(20, -20, 0, 0, 15, 15));
    expect(
      router
        .forward(x)
        .chosen.flat()
        .every((pair) => pair.toSorted().join() === "4,5"),
    ).toBe(true);
  });

  it("shows the choice to inspect, and lets a patch make it", () => {
    const own = mixture();
    const sites = ["router.logits", "router.scores", "router.chosen", "router.weights", "output"];
    const run = (pass: Pass) => own.forward(x, pass);
    const { output, record } = inspect(own, run, { sites });
    expect(record.get("router.logits")!.shape).toEqual([2, 5, 6]);
    expect(record.get("router.chosen")!.toArray()).toEqual(own.router.forward(x).chosen);
    expect(maxDifference(output, own.forward(x))).toBe(0);
    const both = patch(own, run, { "router.chosen": (chosen) => multiply(chosen, 0) as Tensor });
    const { weights } = own.router.forward(x);
    expect(weights.shape).toEqual([2, 5, 2]);
    const shares = (record.get("router.scores")!.toArray() as number[][][]).flat().map((token) => token[0]!);
    const first = own.experts[0]!.forward(x);
    const expected = multiply(
      first as Tensor,
      tensor(
        shares.map((share) => 2 * share),
        [2, 5, 1] as const,
      ),
    );
    expect(maxDifference(both, expected as Tensor)).toBeLessThan(1e-6);
  });

  it("gives equal bits for equal seeds, with dropout too", () => {
    const experts = () => Array.from({ length: 6 }, () => new FeedForward({ dModel: 6, dropout: 0.5 }));
    const make = () =>
      initialize(new MixtureOfExperts({ experts: experts(), router: new TopKRouter({ ...sizes, topK: 3 }) }), {
        seed: 1,
      });
    const dropped = () =>
      make()
        .forward(x, { rng: random(1) })
        .data.join();
    expect(dropped()).toBe(dropped());
    expect(dropped()).not.toBe(make().forward(x).data.join());
  });

  it("quantizes the experts, and leaves the router in float32", () => {
    const wide = () =>
      initialize(
        new MixtureOfExperts({
          experts: Array.from({ length: 4 }, () => new FeedForward({ dModel: 32, dFeedForward: 32 })),
          router: new TopKRouter({ dModel: 32, experts: 4, topK: 2 }),
        }),
        { seed: 1 },
      );
    const input = initialize(new Linear({ inFeatures: 32, outFeatures: 5 }), { seed: 2 }).weight;
    const tokens = tensor(input.data.slice(), [1, 5, 32] as const) as Tensor<Sequence>;
    const quantized = quantize(wide(), "q8");
    expect(quantized.router.forward(tokens)).toEqual(wide().router.forward(tokens));
    const difference = maxDifference(quantized.forward(tokens), wide().forward(tokens));
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.01);
  });

  it("takes an x without tokens", () => {
    for (const shape of [
      [0, 3, 6],
      [2, 0, 6],
    ] as const) {
      expect(mixture({ shared: 4 }).forward(ones(shape)).shape).toEqual(shape);
      expect(mixture().router.forward(ones(shape)).weights.shape).toEqual([shape[0], shape[1], 2]);
    }
  });

  it("refuses parts that do not fit", () => {
    const experts = [expert(), expert()];
    const router = (more: object = {}) => new TopKRouter({ dModel: 6, experts: 2, topK: 1, ...more });
    const make = (more: object) => () => new MixtureOfExperts({ experts, router: router(), ...more });
    expect(make({ experts: [] })).toThrow(RangeError);
    expect(make({ experts: [expert()] })).toThrow(/router chooses among 2 experts, but there are 1/);
    expect(make({ sharing: "mean" })).toThrow(/sharing has no effect without shared/);
    expect(make({ sharedGate: new Linear({ inFeatures: 6, outFeatures: 1 }) })).toThrow(TypeError);
    expect(make({ router: {} })).toThrow(/router must be a Module/);
    expect(() => router({ topK: 3 })).toThrow(/topK 3 is more than the 2 experts/);
    expect(() => router({ groups: { count: 3, topK: 1 } })).toThrow(/do not divide/);
    expect(() => router({ groups: { count: 2, topK: 3 } })).toThrow(/more than groups.count/);
    expect(() => router({ topK: 2, groups: { count: 2, topK: 1, score: "greatest" } })).toThrow(/best groups/);
    expect(() => router({ groups: { count: 2, topK: 1 } })).toThrow(/two greatest/);
    expect(() => router({ leastSum: 0.1 })).toThrow(/no effect without renormalize/);
    expect(() => router({ scores: "softmaxOfChosen", renormalize: true })).toThrow(/their sum is 1/);
    expect(() => new SparseMixerRouter({ dModel: 6, experts: 1 })).toThrow(/only 1/);
    expect(() => router({ normTopkProb: true })).toThrow(/renormalize/);
  });

  it("names what a router of one's own did wrong", () => {
    const routing = (made: Partial<Routing>): Router => {
      class Wrong extends Module {
        readonly experts = 2;
        forward = (): Routing => ({ chosen: [[[0], [1]]], weights: ones([1, 2, 1]), ...made });
      }
      return new Wrong();
    };
    const run = (made: Partial<Routing>) => () =>
      initialize(new MixtureOfExperts({ experts: [expert(), expert()], router: routing(made) }), { seed: 1 }).forward(
        ones([1, 2, 6]),
      );
    expect(run({})().shape).toEqual([1, 2, 6]);
    expect(run({ chosen: [[[0], [2]]] })).toThrow(/the router chose expert 2 of 2/);
    expect(run({ chosen: [[[0], [0.5]]] })).toThrow(/expert 0.5 of 2/);
    expect(run({ chosen: [[[0]]] })).toThrow(/tokens/);
    expect(run({ weights: ones([1, 2, 2]) })).toThrow(/weights \[1, 2, 2\]/);
  });
});
