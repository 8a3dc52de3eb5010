import type { Module, Pass } from "../blocks";
import { arrayOf, type Checks, checkOptions, expectString, numberIn, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import { add, clamp, divide, matmul, max, mean, min, multiply, ShapeError, sum, type Tensor, tensor } from "../tensor";
import { elsewhereOf } from "../tensor/internal";
import { inspected } from "./inspected";

/** Options of `attentionRollout`. */
export interface RolloutOptions {
  /** Which weights, from the first layer to the last; `["blocks.**.attention.weights"]` if omitted. */
  sites?: readonly string[] | undefined;
  /** How the heads of a layer become one: their mean, greatest or least weight; "mean" if omitted. */
  heads?: "mean" | "max" | "min" | undefined;
  /** The share of the residual connection beside attention; 0.5 if omitted. */
  residual?: number | undefined;
}

const checks: Checks<RolloutOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["heads headFusion fuse fusion headReduction", "residual residualWeight alpha"],
    words: ["mean average avg"],
  },
  {
    sites: arrayOf(expectString, "an array of strings"),
    heads: oneOf(["mean", "max", "min"]),
    residual: /* @__PURE__ */ numberIn({ least: 0, most: 1 }),
  },
);

const fused: Readonly<Record<NonNullable<RolloutOptions["heads"]>, (weights: Tensor) => Tensor>> = {
  mean: (weights) => mean(weights, { axis: 1 }) as Tensor,
  max: (weights) => max(weights, { axis: 1 }) as Tensor,
  min: (weights) => min(weights, { axis: 1 }) as Tensor,
};

/**
 * Attention rollout: how much each position of the last layer draws on each position of the input, if attention passes on
 * what it looks at: Ãₗ … Ã₁ with Ãₗ = (1 − r) Aₗ + r I and rows that sum to one, where Aₗ are the weights of layer l, the
 * mean of its heads, and r is the share of the residual connection.
 *
 * Of one text or several, [batch, seq, seq]. For an encoder-decoder, name the weights of one side:
 * `sites: ["encoder.blocks.*.attention.weights"]`.
 *
 * @throws RangeError for a model without such weights; ShapeError for weights that are not square, as of cross attention
 * @see Abnar and Zuidema 2020, Quantifying Attention Flow in Transformers (arXiv 2005.00928), section 3
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { attentionRollout } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * attentionRollout(model, (pass) => model.forward([[1, 2, 3]], pass)).shape; // [1, 3, 3]
 * ```
 */
export function attentionRollout(model: Module, run: (pass: Pass) => unknown, options: RolloutOptions = {}): Tensor {
  checkOptions("attentionRollout", options, checks);
  const { sites = ["blocks.**.attention.weights"], heads = "mean", residual = 0.5 } = options;
  if (sites.length === 0) throw new RangeError("attentionRollout: sites is empty; name the weights of each layer");
  const { record } = inspected("attentionRollout", model, run, { sites });
  const layers = [...record].map(([place, weights]) => mixing(place, weights, heads, residual));
  return layers.reduce((before, layer) => matmul(layer, before) as Tensor);
}

/** What a layer mixes: [batch, heads, seq, seq] → [batch, seq, seq]. */
function mixing(place: string, weights: Tensor, heads: NonNullable<RolloutOptions["heads"]>, residual: number): Tensor {
  const [, , queries, keys] = weights.shape;
  if (weights.rank !== 4 || queries !== keys)
    throw new ShapeError(`attentionRollout: "${place}" ${weights.describe()} is not [batch, heads, seq, seq]`);
  // Numbers on a device cannot be read here.
  if (elsewhereOf(weights) === undefined && weights.data.some((weight) => weight < 0))
    throw new RangeError(`attentionRollout: "${place}" has numbers below zero, so that they are no attention weights`);
  const identity = tensor(
    Float32Array.from({ length: queries! ** 2 }, (_, i) => (i % (queries! + 1) === 0 ? residual : 0)),
    [queries!, queries!],
  );
  const mixed: Tensor = add(multiply(fused[heads](weights), 1 - residual) as Tensor, identity as Tensor);
  // Without a residual share, a query that sees nothing draws on nothing.
  return divide(mixed, clamp(sum(mixed, { axis: 2, keepAxis: true }) as Tensor, { minimum: 1e-12 })) as Tensor;
}
