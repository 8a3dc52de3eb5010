import type { Module, Pass } from "../blocks";
import { type Checks, checkOptions, expectFunction, expectString, numberIn, wholeIn, wrongKind } from "../checks";
import { knownAs } from "../synonyms";
import { add, full, multiply, ShapeError, subtract, Tensor } from "../tensor";
import { sameShape } from "../tensor/internal";
import { dot } from "./final-norm";
import { inspected } from "./inspected";
import { patch } from "./patch";
import { pathIntegral } from "./path-integral";

/** Options of `integratedGradients`. */
export interface IntegratedGradientsOptions<Output = unknown> {
  /** The number to explain, such as a logit: [] or [1]. */
  of: (output: Output) => Tensor;
  /** The value that it is explained by; "tokens", the token vectors, if omitted. */
  site?: string | undefined;
  /** What stands for nothing: a number, or a tensor in the shape of the value; 0 if omitted. */
  baseline?: number | Tensor | undefined;
  /** How many gradients are computed at most; 2,000 if omitted. */
  steps?: number | undefined;
  /** How far the sum of the attributions may be from F(x) − F(x′), relative to it; 0.001 if omitted. */
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
    of: expectFunction,
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
}

/**
 * How much each number of x adds to F: IGᵢ = (xᵢ − x′ᵢ) ∫₀¹ ∂F(x′ + α (x − x′)) / ∂xᵢ dα, where x is what the model computes at a
 * site and x′ is a baseline. Attributions are complete: they sum to F(x) − F(x′), within `tolerance` if `steps` suffice.
 * The integral is adaptive: 8 gradients where F is smooth, more where it turns. Next to a baseline of zeros the norms of
 * some models turn sharply; take another baseline, or look at the sum.
 *
 * @param run as for `inspect`; it runs once for each gradient
 * @throws RangeError for a site that is not reported, or a pattern; ShapeError for a baseline of another shape
 * @see Sundararajan et al. 2017, Axiomatic Attribution for Deep Networks (arXiv 1703.01365), sections 3 and 5
 * @example
 * ```ts
 * import { gpt, slice, sum } from "transformer-blocks";
 * import { integratedGradients } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const { attributions, value, baselineValue } = integratedGradients(model, (pass) => model.forward([[1, 2, 3]], pass), {
 *   of: (logits) => slice(slice(logits, { axis: 1, start: 2 }), { axis: 2, start: 5, end: 6 }), // token 5 after the last
 * });
 * attributions.shape; // [1, 3, 8]
 * Math.abs(sum(attributions).item() - (value - baselineValue)) < 1e-3; // true
 * ```
 */
export function integratedGradients<Output>(
  model: Module,
  run: (pass: Pass) => Output,
  options: IntegratedGradientsOptions<Output>,
): IntegratedGradients {
  checkOptions("integratedGradients", options, checks as Checks<IntegratedGradientsOptions<Output>>, ["of"]);
  const { of, site = "tokens", baseline = 0, steps = 2000, tolerance = 1e-3 } = options;
  if (site.includes("*")) throw new RangeError(`integratedGradients: site is "${site}"; name one place, without *`);
  const sites = [site];
  const { record, output } = inspected("integratedGradients", model, run, { sites, gradients: of });
  const x = record.get(site)!;
  const start = baselineOf(baseline, x, site);
  const way = subtract(x, start) as Tensor;
  const moved = (place: number) => ({ [site]: () => add(start, multiply(way, place)) as Tensor });
  const valueAt = (place: number) => of(patch(model, run, moved(place))).item();
  const [value, baselineValue] = [of(output).item(), valueAt(0)];
  const gradientAt = (place: number) =>
    inspected("integratedGradients", model, run, { sites, patches: moved(place), gradients: of }).gradients.get(site)!;
  const slopeOf = (gradient: Tensor) => dot(gradient.data, way.data);
  const most = tolerance * Math.abs(value - baselineValue);
  const integral = pathIntegral({ valueAt, gradientAt, slopeOf }, [baselineValue, value], steps, most);
  return { attributions: multiply(way, integral) as Tensor, value, baselineValue };
}

function baselineOf(baseline: number | Tensor, x: Tensor, site: string): Tensor {
  if (typeof baseline === "number") return full(x.shape, baseline);
  if (sameShape(baseline.shape, x.shape)) return baseline;
  throw new ShapeError(
    `integratedGradients: the baseline ${baseline.describe()} is not like "${site}", ${x.describe()}`,
  );
}
