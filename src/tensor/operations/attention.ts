import { refuseMore } from "../../checks";
import { ShapeError } from "../../errors";
import { type AttentionSpec, kernels } from "../../kernels";
import { crests, shown } from "../../kernels/internal";
import { filledBuffer } from "../make";
import { isRecording, result } from "../record";
import { checkSize, show } from "../shape";
import type { Settled, Shape } from "../shape-types";
import type { Operations } from "../steps";
import { expectTensor, type RankedTensor, Tensor } from "../tensor";
import { type AttentionOptions, attentionSpec } from "./attention-options";
import { keepPlaces } from "./dropout";
import { add, divide, log, multiply, sigmoid, subtract, tanh } from "./elementwise";
import { joined } from "./join";
import { halved, inOrder, reshaped } from "./layout";
import { multiplyMatrices } from "./matmul";
import { maskedSoftmax, softmaxOfRows } from "./normalization";
import type { HeadShape } from "./rotary";
import { where } from "./select";
import { apart, endToEnd, tokensOf } from "./texts";
import { readView, sliced } from "./view";

/**
 * softmax(s) v with scores s = q kᵀ · scale, without building the matrix of weights; with a softcap c and a bias b, s =
 * c · tanh(q kᵀ · scale / c) + b, as in Gemma 2 and PyTorch's FlexAttention.
 *
 * q [batch, queries, heads, headDim]; k [batch, keys, keyValueHeads, headDim]; v [batch, keys, keyValueHeads, valueDim]
 * → [batch, queries, heads, valueDim]. Each key head serves heads / keyValueHeads consecutive query heads. A query that
 * may see no key gives zeros. Memory is linear in the sequence length, for gradients as well.
 *
 * @throws ShapeError if the shapes, the mask or the bias do not fit; RangeError if the mask holds anything but 0 and 1,
 * if window is not a whole number of 1 or more, or softcap is not positive
 * @see Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762), section 3.2.1; Jiang et al. 2023, Mistral 7B
 * (arXiv 2310.06825), section 2, for the window; Gemma Team 2024, Gemma 2 (arXiv 2408.00118), section 2, for the softcap;
 * Xiao et al. 2023 (arXiv 2309.17453) for sinks
 * @example
 * ```ts
 * import { attention, tensor } from "transformer-blocks";
 * const x = tensor([[[[1, 0]], [[0, 1]], [[1, 1]]]]); // [batch 1, seq 3, heads 1, headDim 2]
 * const near = attention(x, x, x, { causal: true, window: 2 });
 * near.toArray(); // [[[[1, 0]], [[0.3302384, 0.6697615]], [[0.6697615, 1]]]]
 * const bounded = attention(x, x, x, { softcap: 1, bias: tensor([0, 0, -Infinity]) });
 * bounded.toArray(); // [[[[0.6476805, 0.3523194]], [[0.3523194, 0.6476805]], [[0.5, 0.5]]]]
 * ```
 */
export function attention<Wanted extends Shape = Shape>(
  q: Tensor<HeadShape>,
  k: Tensor<HeadShape>,
  v: Tensor<HeadShape>,
  options?: AttentionOptions,
): Tensor<Settled<HeadShape, Wanted>>;
export function attention<Wanted extends Shape = Shape>(
  q: RankedTensor<HeadShape>,
  k: RankedTensor<HeadShape>,
  v: RankedTensor<HeadShape>,
  options?: AttentionOptions,
): Tensor<Settled<HeadShape, Wanted>>;
export function attention(...given: [q: unknown, k: unknown, v: unknown, options?: AttentionOptions]): Tensor {
  const [q, k, v, options = {}] = given as [...Heads, AttentionOptions?];
  // Checked first, so that errors speak of what was given.
  const spec = attentionSpec("attention", q, k, v, undropped(options));
  const { sinks, bias, lengths, dropout } = options;
  if (lengths && (isRecording() || dropout !== undefined))
    return endToEnd(attention(...eachApart(lengths, q, k, v), withPadding(options, lengths)), lengths);
  if (sinks && isRecording()) return weighted(explicitWeights(q, k, bias, spec, sinks), v);
  const { output, statistics } = kernels().attention(q.buffer, k.buffer, v.buffer, spec);
  const shape: HeadShape = [q.shape[0], q.shape[1], spec.heads, spec.valueDim];
  const attended = result("attention", [q, k, v, bias], { spec, statistics }, shape, output);
  return sinks ? besideSinks(attended, new Tensor([...shape.slice(0, 3), 2], statistics), sinks) : attended;
}

type Heads = [Tensor<HeadShape>, Tensor<HeadShape>, Tensor<HeadShape>];

const eachApart = (lengths: readonly number[], ...tensors: Tensor<HeadShape>[]) =>
  tensors.map((x) => apart(x, lengths)) as Heads;

/** Texts end to end draw for dropout when they stand apart. */
const undropped = (options: AttentionOptions): AttentionOptions =>
  options?.lengths ? { ...options, dropout: undefined } : options;

/** The options for texts that stand apart, padded to the longest. */
export function withPadding({ lengths: _, mask, causal, ...options }: AttentionOptions, lengths: readonly number[]) {
  const tokens = tokensOf(lengths);
  const kept = mask instanceof Tensor ? multiply(mask, tokens) : tokens;
  return { ...options, causal: causal === true || mask === "causal", mask: kept };
}

/** What is left beside a sink: output · Σ e^s / (Σ e^s + e^sink) = output · sigmoid(ln Σ e^s − sink). */
function besideSinks(output: Tensor, statistics: Tensor, sinks: Tensor): Tensor {
  const part = (start: number) => sliced(statistics, 3, { start, length: 1, step: 1 }); // [batch, queries, heads, 1]
  const logarithm = add(part(0), log(part(1)));
  return multiply(output, sigmoid(subtract(logarithm, reshaped(sinks, [sinks.size, 1]))));
}

/**
 * The attention weights softmax(s): [batch, heads, queries, keys]. Rows sum to one, or to zero for a query that may see
 * no key. With `lengths` they are [texts, heads, longest, longest]; those of a text shorter than the longest are in the
 * first rows and columns.
 *
 * @throws as `attention`
 * @example
 * ```ts
 * import { attentionWeights, tensor } from "transformer-blocks";
 * const x = tensor([[[[0]], [[0]]]]); // [batch 1, seq 2, heads 1, headDim 1]
 * attentionWeights(x, x, { causal: true }).toArray(); // [[[[1, 0], [0.5, 0.5]]]]
 * ```
 */
export function attentionWeights<Wanted extends Shape = Shape>(
  q: Tensor<HeadShape>,
  k: Tensor<HeadShape>,
  options?: AttentionOptions,
): Tensor<Settled<HeadShape, Wanted>>;
export function attentionWeights<Wanted extends Shape = Shape>(
  q: RankedTensor<HeadShape>,
  k: RankedTensor<HeadShape>,
  options?: AttentionOptions,
): Tensor<Settled<HeadShape, Wanted>>;
export function attentionWeights(...given: [q: unknown, k: unknown, options?: AttentionOptions]): Tensor {
  const [q, k, options = {}] = given as [Tensor<HeadShape>, Tensor<HeadShape>, AttentionOptions?];
  const spec = attentionSpec("attentionWeights", q, k, k, undropped(options));
  const { lengths } = options;
  if (lengths) {
    const [ownQ, ownK] = eachApart(lengths, q, k);
    return attentionWeights(ownQ, ownK, withPadding(options, lengths));
  }
  return explicitWeights(q, k, options.bias, spec, options.sinks);
}

/** What `attention` computes, with the matrix of weights. */
export const unfusedAttention = (
  [q, k, v, bias]: Operations["attention"]["inputs"],
  { spec }: Operations["attention"]["spec"],
): Tensor => weighted(explicitWeights(q, k, bias, spec), v);

/**
 * The scores that `attentionWeights` takes the softmax of, [batch, heads, queries, keys]: −Infinity where a query may not
 * see a key.
 */
export function attentionScores(q: Tensor<HeadShape>, k: Tensor<HeadShape>, options: AttentionOptions): Tensor {
  const spec = attentionSpec("attention", q, k, k, undropped(options));
  const { lengths, bias } = options;
  if (lengths) {
    const [ownQ, ownK] = eachApart(lengths, q, k);
    return attentionScores(ownQ, ownK, withPadding(options, lengths));
  }
  const capped = cappedProducts(q, k, spec);
  const visible = visibility(spec);
  const scores = bias ? add(capped, bias) : capped;
  return visible ? where(visible, scores, -Infinity) : scores;
}

/** The attention weights of scores [batch, heads, queries, keys], and of the sinks [heads] beside them. */
export function weightsOfScores(scores: Tensor, sinks?: Tensor): Tensor<HeadShape> {
  const visible = new Tensor(scores.shape, kernels().run(shown, scores.buffer));
  return (sinks ? softmaxWithSinks(scores, sinks) : maskedSoftmax(scores, visible)) as Tensor<HeadShape>;
}

/** q kᵀ · scale, or with a softcap c · tanh(q kᵀ · scale / c): [batch, heads, queries, keys]. */
function cappedProducts(q: Tensor, k: Tensor, { heads, keys, scale, softcap }: AttentionSpec): Tensor {
  const perHead = repeatHeads(firstKeys(k, keys), heads);
  const products = product(multiply(inOrder(q, [0, 2, 1, 3]), scale), inOrder(perHead, [0, 2, 3, 1]));
  return softcap ? multiply(tanh(divide(products, softcap)), softcap) : products;
}

function explicitWeights(
  q: Tensor,
  k: Tensor,
  bias: Tensor | undefined,
  spec: AttentionSpec,
  sinks?: Tensor,
): Tensor<HeadShape> {
  const { batch, heads, queries, keys } = spec;
  const capped = cappedProducts(q, k, spec);
  const visible = visibility(spec);
  const scores = bias ? add(capped, lifted(bias, visible)) : capped;
  const weights = sinks
    ? softmaxWithSinks(visible ? where(visible, scores, -Infinity) : scores, sinks)
    : visible
      ? maskedSoftmax(scores, visible)
      : softmaxOfRows(scores);
  const { kept } = spec;
  const shape: HeadShape = [batch, heads, queries, keys];
  return reshaped(kept ? keepPlaces(weights, kept) : weights, shape);
}

/** The softmax of scores [batch, heads, queries, keys] and one more score for each head, without the weight of that one. */
function softmaxWithSinks(scores: Tensor, sinks: Tensor): Tensor {
  const [batch, heads, queries, keys] = scores.shape as HeadShape;
  const column = add(filled([batch, heads, queries, 1], 0), reshaped(sinks, [heads, 1, 1]));
  return sliced(softmaxOfRows(joined("attention", [scores, column], 3)), 3, { start: 0, length: keys, step: 1 });
}

/**
 * Σ weights · values: weights [batch, heads, queries, keys] of v [batch, keys, keyValueHeads, valueDim] → [batch, queries,
 * heads, valueDim].
 *
 * @throws ShapeError if the shapes do not fit
 * @example
 * ```ts
 * import { attend, tensor } from "transformer-blocks";
 * attend(tensor([[[[0.25, 0.75]]]]), tensor([[[[4]], [[8]]]])).toArray(); // [[[[7]]]]
 * ```
 */
export function attend<Wanted extends Shape = Shape>(weights: Tensor, v: Tensor): Tensor<Settled<HeadShape, Wanted>>;
export function attend(weights: Tensor, v: Tensor, ...more: unknown[]): Tensor<HeadShape> {
  refuseMore("attend", more);
  expectTensor("attend", "weights", weights);
  expectTensor("attend", "v", v);
  const [batch, heads, , keys] = weights.shape;
  if (weights.rank !== 4 || v.rank !== 4 || v.shape[0] !== batch || v.shape[1]! < keys! || heads! % v.shape[2]! !== 0)
    throw new ShapeError(`attend: weights ${show(weights.shape)} do not fit v ${show(v.shape)}`);
  return weighted(weights as Tensor<HeadShape>, v);
}

/** Σ weights · values of tensors that are known to fit. */
export function weighted(weights: Tensor<HeadShape>, v: Tensor): Tensor<HeadShape> {
  const [batch, heads, queries, keys] = weights.shape;
  const perHead = repeatHeads(firstKeys(v, keys), heads);
  const context = product(weights, inOrder(perHead, [0, 2, 1, 3])); // [batch, heads, queries, valueDim]
  return reshaped(inOrder(context, [0, 2, 1, 3]), [batch, queries, heads, v.shape[3]!]);
}

/** The same for texts that may stand end to end, whose weights are [texts, heads, longest, longest]. */
export const weightedTexts = (
  weights: Tensor<HeadShape>,
  v: Tensor,
  lengths: readonly number[] | undefined,
): Tensor<HeadShape> =>
  lengths ? (endToEnd(weighted(weights, apart(v, lengths)), lengths) as Tensor<HeadShape>) : weighted(weights, v);

const filled = (shape: Shape, value: number): Tensor => new Tensor(shape, filledBuffer("attention", shape, value));

/** [batch, heads, m, k] · [batch, heads, k, n], which fit. The general product would bring its checks to every page. */
function product(a: Tensor, b: Tensor): Tensor {
  checkSize("matmul", b.shape.with(-2, a.shape.at(-2)!));
  return multiplyMatrices(a, b);
}

/** Of k or v [batch, capacity, keyValueHeads, dim], those in use. */
export const firstKeys = (x: Tensor, keys: number): Tensor => sliced(x, 1, { start: 0, length: keys, step: 1 });

/**
 * Repeats key heads for the query heads that share them: [batch, keys, keyValueHeads, dim] → [batch, keys, heads, dim].
 */
function repeatHeads(x: Tensor, heads: number): Tensor {
  const [batch, keys, keyValueHeads, dim] = x.shape as HeadShape;
  if (keyValueHeads === heads) return x;
  const group = heads / keyValueHeads;
  const view = { shape: [batch * keys * keyValueHeads, group, dim], start: 0, steps: [dim, 0, 1] };
  return readView(x, view, [batch, keys, heads, dim]);
}

/**
 * 1 where a query sees a key, broadcastable to [batch, heads, queries, keys]; undefined if every query sees every key.
 */
function visibility({ queries, keys, causal, window, mask, bias }: AttentionSpec): Tensor | undefined {
  const all = filled([queries, keys], 1);
  const place = keys - queries;
  const near = window && halved("upper", halved("lower", all, place + window - 1), place + 1 - window);
  const parts = [
    causal ? halved("lower", all, place) : undefined,
    near || undefined,
    mask && new Tensor(mask.shape, mask.values),
    bias && new Tensor(bias.shape, kernels().run(shown, bias.values)),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.reduce((a, b) => multiply(a, b) as Tensor) : undefined;
}

/** Next to a larger bias, scores are lost even in float64, and so in `attention` too. */
const LARGEST_LIFT = 1e14;

/**
 * The bias minus the largest value that a query sees, which changes no weight: scores keep their precision next to a
 * bias of −1e9 everywhere.
 */
function lifted(bias: Tensor, visible: Tensor | undefined): Tensor {
  const values = new Tensor(bias.shape, bias.buffer);
  const seen = visible ? where(visible, values, Number.NEGATIVE_INFINITY) : values;
  const keys = seen.shape.at(-1) ?? 1;
  if (keys === 0) return bias;
  const greatest = kernels().run(crests, seen.buffer, keys, LARGEST_LIFT);
  return subtract(bias, new Tensor(seen.rank === 0 ? [] : seen.shape.with(-1, 1), greatest));
}
