import { ShapeError } from "../../errors";
import { type AttentionSpec, kernels } from "../../kernels";
import { indices } from "../ids";
import { result } from "../record";
import { broadcastSteps, show } from "../shape";
import { expectTensor, ones, Tensor } from "../tensor";
import { multiply } from "./elementwise";
import { permute, reshape, slice, tril } from "./layout";
import { matmul } from "./matmul";
import { softmax } from "./normalization";
import type { HeadShape } from "./rotary";
import { where } from "./select";

/**
 * Which keys a query may see: `"causal"` for none of the future; a tensor of 1 (keep) and 0 (hide) that broadcasts to
 * [batch, heads, query, key]; or [batch][key] with 0 at the padding.
 */
export type Mask = "causal" | Tensor | readonly (readonly number[])[];

export interface AttentionOptions {
  mask?: Mask | undefined;
  /** Hide the future as well as what the mask hides. The last query sees every key. */
  causal?: boolean;
  /** What scores are multiplied by; 1 / √headDim unless given. */
  scale?: number;
  /** How many keys count, where k and v are a cache with room for more. */
  keys?: number;
}

/**
 * softmax(q kᵀ · scale) v without building the matrix of weights.
 *
 * q [batch, queries, heads, headDim]; k [batch, keys, keyValueHeads, headDim]; v [batch, keys, keyValueHeads, valueDim] →
 * [batch, queries, heads, valueDim]. Each key head serves heads / keyValueHeads query heads in a row. A query that may
 * see no key gives zeros.
 *
 * @throws ShapeError if the shapes or the mask do not fit; RangeError if the mask holds anything but 0 and 1
 * @see Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762), section 3.2.1
 */
export function attention(
  q: Tensor<HeadShape>,
  k: Tensor<HeadShape>,
  v: Tensor<HeadShape>,
  options: AttentionOptions = {},
) {
  const spec = attentionSpec("attention", q, k, v, options);
  const { output, logSumExp } = kernels().attention(q.buffer, k.buffer, v.buffer, spec);
  const shape: HeadShape = [spec.batch, spec.queries, spec.heads, spec.valueDim];
  return result("attention", [q, k, v], { spec, logSumExp }, shape, output);
}

/**
 * The weights alone, softmax(q kᵀ · scale), written out: [batch, heads, queries, keys]. Rows sum to one, or to zero for
 * a query that may see no key.
 *
 * @throws as `attention`
 */
export function attentionWeights(
  q: Tensor<HeadShape>,
  k: Tensor<HeadShape>,
  options: AttentionOptions = {},
): Tensor<HeadShape> {
  const spec = attentionSpec("attentionWeights", q, k, k, options);
  const { batch, heads, queries, keys } = spec;
  const used = slice(k, { axis: 1, end: keys });
  const perHead = repeatHeads(used, heads);
  const scores = multiply(matmul(permute(q, [0, 2, 1, 3]), permute(perHead, [0, 2, 3, 1])), spec.scale); // [batch, heads, queries, keys]
  const visible = visibility(spec);
  // The lowest finite number, so that a row with nothing to see has no NaN; the product makes such a row zeros.
  const weights = visible ? multiply(softmax(where(visible, scores, -3.4e38)), visible) : softmax(scores);
  return reshape(weights, [batch, heads, queries, keys]);
}

/** Σ weights · values: [batch, heads, queries, keys] of v [batch, keys, keyValueHeads, valueDim] → [batch, queries, heads, valueDim]. */
export function attend(weights: Tensor, v: Tensor): Tensor<HeadShape> {
  expectTensor("attend", "weights", weights);
  expectTensor("attend", "v", v);
  const [batch, heads, queries, keys] = weights.shape;
  if (weights.rank !== 4 || v.rank !== 4 || v.shape[0] !== batch || v.shape[1]! < keys! || heads! % v.shape[2]! !== 0)
    throw new ShapeError(`attend: weights ${show(weights.shape)} do not fit v ${show(v.shape)}`);
  const perHead = repeatHeads(slice(v, { axis: 1, end: keys! }), heads!);
  const context = matmul(weights, permute(perHead, [0, 2, 1, 3])); // [batch, heads, queries, valueDim]
  return reshape(permute(context, [0, 2, 1, 3]), [batch!, queries!, heads!, v.shape[3]!]);
}

/** Each key head as often as query heads share it: [batch, keys, keyValueHeads, dim] → [batch, keys, heads, dim]. */
function repeatHeads(x: Tensor, heads: number): Tensor {
  const [batch, keys, keyValueHeads, dim] = x.shape as HeadShape;
  if (keyValueHeads === heads) return x;
  const group = heads / keyValueHeads;
  const spread = multiply<readonly number[], readonly number[]>(
    reshape(x, [batch, keys, keyValueHeads, 1, dim]),
    ones([group, 1]),
  );
  return reshape(spread, [batch, keys, heads, dim]);
}

/** 1 where a query sees a key, broadcastable to [batch, heads, queries, keys]; nothing where all see all. */
function visibility({ queries, keys, causal, mask }: AttentionSpec): Tensor | undefined {
  const past = causal ? tril(ones([queries, keys]), { diagonal: keys - queries }) : undefined;
  const kept = mask ? new Tensor(mask.shape, mask.values) : undefined;
  return past && kept ? multiply<readonly number[], readonly number[]>(past, kept) : (past ?? kept);
}

function attentionSpec(operation: string, q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): AttentionSpec {
  for (const [name, value] of Object.entries({ q, k, v })) {
    expectTensor(operation, name, value);
    if (value.rank !== 4)
      throw new ShapeError(`${operation}: ${name} ${show(value.shape)} is not [batch, seq, heads, headDim]`);
  }
  const [batch, queries, heads, headDim] = q.shape as HeadShape;
  const [, capacity, keyValueHeads] = k.shape as HeadShape;
  const keys = options.keys ?? capacity;
  if (k.shape[0] !== batch || k.shape[3] !== headDim || heads % keyValueHeads !== 0)
    throw new ShapeError(`${operation}: q ${show(q.shape)} does not fit k ${show(k.shape)}`);
  if (show(v.shape.slice(0, 3)) !== show(k.shape.slice(0, 3)))
    throw new ShapeError(`${operation}: k ${show(k.shape)} does not fit v ${show(v.shape)}`);
  if (!Number.isInteger(keys) || keys < 0 || keys > capacity)
    throw new RangeError(`${operation}: keys must be a whole number from 0 to ${capacity}, not ${keys}`);
  return {
    ...{ batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim: v.shape[3]! },
    scale: options.scale ?? 1 / Math.sqrt(headDim),
    causal: options.causal === true || options.mask === "causal",
    mask: maskSpec(operation, options.mask, [batch, heads, queries, keys]),
  };
}

function maskSpec(operation: string, mask: Mask | undefined, shape: HeadShape): AttentionSpec["mask"] {
  if (mask === undefined || mask === "causal") return undefined;
  const kept = mask instanceof Tensor ? mask : paddingMask(operation, mask, shape);
  const steps = broadcastSteps(kept.shape, shape);
  if (steps === undefined)
    throw new ShapeError(
      `${operation}: the mask ${show(kept.shape)} does not broadcast to [batch, heads, query, key] ${show(shape)}`,
    );
  const wrong = kept.data.find((value) => value !== 0 && value !== 1);
  if (wrong !== undefined) throw new RangeError(`${operation}: the mask holds ${wrong}; 1 keeps a key, 0 hides it`);
  return { values: kept.buffer, shape: kept.shape, steps: steps as [number, number, number, number] };
}

/** [batch][key] → [batch, 1, 1, key] */
function paddingMask(operation: string, mask: unknown, [batch, , , keys]: HeadShape): Tensor {
  if (!Array.isArray(mask))
    throw new TypeError(
      `${operation}: the mask must be "causal", a Tensor or an array of [batch][key], not ${String(mask)}`,
    );
  const { values, shape } = indices(`${operation}: mask`, mask, 2);
  if (shape.length !== 2 || shape[0] !== batch || shape[1] !== keys)
    throw new ShapeError(`${operation}: the mask ${show(shape)} is not [batch][key] ${show([batch, keys])}`);
  return new Tensor([batch, 1, 1, keys], Float32Array.from(values));
}
