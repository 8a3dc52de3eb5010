import type { Module, Pass } from "../blocks";
import { type Checks, checkOptions, expectString, numberIn, wholeIn, wrongKind } from "../checks";
import { knownAs } from "../synonyms";
import { add, full, multiply, ShapeError, subtract, Tensor, zeros } from "../tensor";
import { sameShape } from "../tensor/internal";
import { dot } from "./final-norm";
import { inspected } from "./inspected";
import { meanToken } from "./mean-token";
import { patch } from "./patch";
import { pathIntegral } from "./path-integral";

/** Options of `integratedGradients`. */
export interface IntegratedGradientsOptions<Output = unknown> {
  /** The number to explain, such as a logit: [] or [1]. */
  of: (output: Output) => Tensor;
  /** The value that it is explained by; "tokens", the token vectors, if omitted. */
  site?: string | undefined;
  /**
   * What stands for nothing: a number, or a tensor in the shape of the value, such as the record of a text of mask tokens.
   * If omitted, the mean of the vocabulary's vectors for "tokens", and 0 for other sites.
   */
  baseline?: number | Tensor | undefined;
  /** How many gradients are computed at most; 512 if omitted. */
  steps?: number | undefined;
  /** How far the sum of the attributions may be from F(x) − F(x′), relative to it; 0.005 if omitted. */
  tolerance?: number | undefined;
}

const finite = /* @__PURE__ */ numberIn();
const checks: Checks<IntegratedGradientsOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "of target output score gradients",
      "baseline baselines reference",
      "steps nSteps numSteps",
      "tolerance delta error",
      "site layer",
    ],
  },
  {
    of: (where, name, value) => {
      if (typeof value !== "function")
        throw wrongKind(where, name, "a function from what run returned to the Tensor that is to be explained", value);
    },
    site: expectString,
    baseline: (where, name, value) => {
      if (typeof value === "number") finite(where, name, value);
      else if (!(value instanceof Tensor)) throw wrongKind(where, name, "a number or a Tensor", value);
    },
    steps: /* @__PURE__ */ wholeIn({ least: 8, most: 2 ** 20 }),
    tolerance: /* @__PURE__ */ numberIn({ least: 0 }),
  },
);

/** What `integratedGradients` gives. */
export interface IntegratedGradients {
  /** In the shape of the value: for tokens, [batch, seq, dModel]; its sum over the last axis is one number a token. */
  attributions: Tensor;
  /** F(x) */
  value: number;
  /** F(x′) */
  baselineValue: number;
  /**
   * How incomplete the attributions are: how far their sum is from F(x) − F(x′), relative to it. If it is greater than
   * `tolerance`, `steps` did not suffice.
   */
  error: number;
}

/**
 * How much each number of x adds to F: IGᵢ = (xᵢ − x′ᵢ) ∫₀¹ ∂F(x′ + α (x − x′)) / ∂xᵢ dα, where x is what the model computes at a
 * site and x′ is a baseline. Attributions are complete, they sum to F(x) − F(x′), but for `error`. The integral is adaptive: 8
 * gradients where F is smooth, more where it turns. If the error is large, give more steps, or a baseline like the values
 * themselves: next to zeros the norms of a model turn sharply. What a model chooses, such as experts, stays as it is for x
 * all the way, since F jumps where a choice changes.
 *
 * @param run as for `inspect`; it runs once for each gradient
 * @throws RangeError for a site that is not reported, or a pattern; ShapeError for a baseline of another shape
 * @see Sundararajan et al. 2017, Axiomatic Attribution for Deep Networks (arXiv 1703.01365), sections 3 and 5
 * @example
 * ```ts
 * import { gpt, slice, sum } from "transformer-blocks";
 * import { integratedGradients } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const { attributions, value, baselineValue, error } = integratedGradients(model, (pass) => model.forward([[1, 2, 3]], pass), {
 *   of: (logits) => slice(slice(logits, { axis: 1, start: 2 }), { axis: 2, start: 5, end: 6 }), // token 5 after the last
 * });
 * attributions.shape; // [1, 3, 8]
 * Math.abs(sum(attributions).item() - (value - baselineValue)) < 1e-3; // true
 * error < 0.005; // true
 * ```
 */
export function integratedGradients<Output>(
  model: Module,
  run: (pass: Pass) => Output,
  options: IntegratedGradientsOptions<Output>,
): IntegratedGradients {
  checkOptions("integratedGradients", options, checks as Checks<IntegratedGradientsOptions<Output>>, ["of"]);
  const { of, site = "tokens", steps = 512, tolerance = 0.005 } = options;
  if (site.includes("*")) throw new RangeError(`integratedGradients: site is "${site}"; name one place, without *`);
  const sites = [site];
  const { record, output } = inspected("integratedGradients", model, run, { sites: [site, isChoice], gradients: of });
  const x = record.get(site)!;
  const held = Object.fromEntries(
    [...record].filter(([place]) => place !== site).map(([place, y]) => [place, () => y]),
  );
  const start = options.baseline === undefined ? usualBaseline(model, site, x) : baselineOf(options.baseline, x, site);
  const way = subtract(x, start) as Tensor;
  const moved = (place: number) => ({ ...held, [site]: () => add(start, multiply(way, place)) as Tensor });
  const valueAt = (place: number) => of(patch(model, run, moved(place))).item();
  const [value, baselineValue] = [of(output).item(), valueAt(0)];
  const gradientAt = (place: number) =>
    inspected("integratedGradients", model, run, { sites, patches: moved(place), gradients: of }).gradients.get(site)!;
  const slopeOf = (gradient: Tensor) => dot(gradient.data, way.data);
  const change = value - baselineValue;
  const most = tolerance * Math.abs(change);
  const integral = pathIntegral({ valueAt, gradientAt, slopeOf }, [baselineValue, value], steps, most);
  const gap = Math.abs(slopeOf(integral) - change);
  const error = gap === 0 ? 0 : gap / Math.abs(change);
  return { attributions: multiply(way, integral) as Tensor, value, baselineValue, error };
}

/** Vectors of tokens lie around their mean, and zeros may be far from them all. */
function usualBaseline(model: Module, site: string, x: Tensor): Tensor {
  const mean = meanToken(model, site);
  return mean === undefined ? full(x.shape, 0) : (add(zeros(x.shape), mean) as Tensor);
}

/** Where F would jump. */
const isChoice = (place: string): boolean => /(^|\.)(chosen|selected)$/.test(place);

function baselineOf(baseline: number | Tensor, x: Tensor, site: string): Tensor {
  if (typeof baseline === "number") return full(x.shape, baseline);
  if (!sameShape(baseline.shape, x.shape))
    throw new ShapeError(
      `integratedGradients: the baseline ${baseline.describe()} is not like "${site}", ${x.describe()}`,
    );
  const wrong = baseline.data.find((number) => !Number.isFinite(number));
  if (wrong !== undefined)
    throw new RangeError(`integratedGradients: the baseline holds ${wrong}; give finite numbers`);
  return baseline;
}
