// Over 200 lines: attention and its gradient share every loop.
import type { Attended, AttentionSpec, Spread } from "../kernels";
import { keptFactor } from "./random";

/** The indices of one query's numbers, and the keys that it sees. */
interface Query {
  q: number;
  output: number;
  /** The index of its row among all rows. */
  row: number;
  /** Key j starts at `k + j · keyStep`, its value at `v + j · valueStep`. */
  k: number;
  v: number;
  /** Only keys with from ≤ j < to can be seen; `keeps` tells which of them are. */
  from: number;
  to: number;
  keeps: (key: number) => boolean;
  /** The index of its bias for a key. */
  bias: (key: number) => number;
  /** The dropout factor of its weight for a key. */
  factor: (key: number) => number;
}

/** Which rows of [batch, queries, heads] are computed. */
type Chosen = (row: number) => boolean;
const everyRow: Chosen = () => true;

/** The first rows of a text in q and in k, and its numbers of queries and keys. */
export function rowsOfText({ starts, queries, keys, capacity }: AttentionSpec<Float32Array>, b: number) {
  if (starts === undefined) return { first: b * queries, firstKey: b * capacity, queries, keys };
  const [first, length] = [starts[b]!, starts[b + 1]! - starts[b]!];
  return { first, firstKey: first, queries: length, keys: length };
}

/** The number of rows of the result. */
export const attendedRows = ({ starts, batch, queries, heads }: AttentionSpec<Float32Array>): number =>
  (starts ? starts[batch]! : batch * queries) * heads;

function forEachQuery(spec: AttentionSpec<Float32Array>, chosen: Chosen, visit: (query: Query) => void): void {
  const { batch, heads, keyValueHeads, headDim, valueDim, causal, mask, bias } = spec;
  const { window = Number.POSITIVE_INFINITY, kept } = spec;
  for (let b = 0; b < batch; b++) {
    const { first, firstKey, queries, keys } = rowsOfText(spec, b);
    for (let h = 0; h < heads; h++) {
      const group = Math.floor(h / (heads / keyValueHeads));
      for (let i = 0; i < queries; i++) {
        const row = (first + i) * heads + h;
        if (!chosen(row)) continue;
        const place = i + keys - queries;
        visit({
          q: row * headDim,
          output: row * valueDim,
          row,
          k: (firstKey * keyValueHeads + group) * headDim,
          v: (firstKey * keyValueHeads + group) * valueDim,
          from: Math.max(place - window + 1, 0),
          to: Math.min(causal ? place + 1 : place + window, keys),
          keeps: (j) => mask === undefined || mask.values[placeOf(mask, b, h, i, j)] !== 0,
          bias: (j) => (bias === undefined ? 0 : placeOf(bias, b, h, i, j)),
          factor: (j) => (kept === undefined ? 1 : keptFactor(kept, ((b * heads + h) * queries + i) * keys + j)),
        });
      }
    }
  }
}

/** The index, for a query and a key, into what broadcasts over the scores. */
export const placeOf = ({ steps }: Spread<Float32Array>, b: number, h: number, i: number, j: number): number =>
  b * steps[0] + h * steps[1] + i * steps[2] + j * steps[3];

function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}

/** The weights of one query over its keys. */
class Row {
  /** exp(score − maximum) of each key; 0 if it is not seen. */
  readonly weights: Float64Array;
  /** The slope of the softcap at each key that is seen. */
  readonly slopes: Float64Array;
  /** −Infinity if no key is seen. */
  maximum = Number.NEGATIVE_INFINITY;
  total = 0;

  constructor(keys: number) {
    this.weights = new Float64Array(keys);
    this.slopes = new Float64Array(keys);
  }

  /** Scores c · tanh(q kᵀ · scale / c) + bias, or q kᵀ · scale + bias without a softcap c, become weights. */
  weigh(q: Float32Array, k: Float32Array, spec: AttentionSpec<Float32Array>, query: Query): void {
    const { keyValueHeads, headDim, scale, softcap, bias } = spec;
    this.weights.fill(Number.NEGATIVE_INFINITY);
    this.maximum = Number.NEGATIVE_INFINITY;
    for (let j = query.from; j < query.to; j++) {
      if (!query.keeps(j)) continue;
      const added = bias ? bias.values[query.bias(j)]! : 0;
      if (added === Number.NEGATIVE_INFINITY) continue;
      const product = scale * dot(q, query.q, k, query.k + j * keyValueHeads * headDim, headDim);
      const score = softcap === undefined ? product : softcap * Math.tanh(product / softcap);
      this.slopes[j] = softcap === undefined ? 1 : slopeOfTanh(product / softcap);
      this.weights[j] = score + added;
      this.maximum = Math.max(this.maximum, this.weights[j]!);
    }
    this.total = 0;
    for (let j = 0; j < this.weights.length; j++) {
      // Hidden keys have weight 0, even if the maximum is NaN.
      const hidden = this.weights[j] === Number.NEGATIVE_INFINITY;
      this.weights[j] = hidden ? 0 : Math.exp(this.weights[j]! - this.maximum);
      this.total += this.weights[j]!;
    }
  }
}

/** 1 − tanh² x = 4 / (eˣ + e⁻ˣ)², which does not cancel where tanh is near 1. */
const slopeOfTanh = (x: number): number => 1 / Math.cosh(x) ** 2;

/**
 * output = softmax(s) v of the scores s = c · tanh(q kᵀ · scale / c) + bias, one query at a time, so that memory grows
 * with the keys and not with queries × keys. A query that sees no key gives zeros. A value with weight 0 is ignored,
 * even if it is NaN or infinite.
 */
export function attention(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
): Attended<Float32Array> {
  const rows = attendedRows(spec);
  const attended = { output: new Float32Array(rows * spec.valueDim), statistics: new Float32Array(2 * rows) };
  attendRows(q, k, v, spec, attended, everyRow);
  return attended;
}

/** Overwrites the chosen rows of a result. */
export function attendRows(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
  into: Attended<Float32Array>,
  chosen: Chosen,
): void {
  const { keys, keyValueHeads, valueDim } = spec;
  const row = new Row(keys);
  const sums = new Float64Array(valueDim);
  forEachQuery(spec, chosen, (query) => {
    row.weigh(q, k, spec, query);
    sums.fill(0);
    for (let j = query.from; j < query.to; j++) {
      const weight = row.weights[j]! * query.factor(j);
      if (weight === 0) continue;
      const value = query.v + j * keyValueHeads * valueDim;
      for (let d = 0; d < valueDim; d++) sums[d]! += weight * v[value + d]!;
    }
    const seen = row.maximum !== Number.NEGATIVE_INFINITY;
    for (let d = 0; d < valueDim; d++) into.output[query.output + d] = seen ? sums[d]! / row.total : 0;
    // The total must match the maximum rounded to float32.
    const maximum = Math.fround(row.maximum);
    into.statistics[2 * query.row] = maximum;
    into.statistics[2 * query.row + 1] = seen ? row.total * Math.exp(row.maximum - maximum) : 0;
  });
}

/**
 * With weights p = softmax(s), and m = 1 or the dropout factors: ∂v = (p m)ᵀ g, ∂s = p (g vᵀ m − Σ p g vᵀ m), ∂bias =
 * ∂s summed where the bias is broadcast, ∂q = ∂s′ k · scale, ∂k = ∂s′ᵀ q · scale with ∂s′ = ∂s times the slope of the
 * softcap. The weights are recomputed from q and k in float64.
 *
 * @see Dao et al. 2022, FlashAttention (arXiv 2205.14135), appendix B.2
 */
export function attentionGradient(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
  _attended: Attended<Float32Array>,
  gradient: Float32Array,
  chosen: Chosen = everyRow,
) {
  const { keys, keyValueHeads, headDim, valueDim, scale, bias } = spec;
  const qGradient = new Float64Array(q.length);
  const kGradient = new Float64Array(k.length);
  const vGradient = new Float64Array(v.length);
  const biasGradient = bias && new Float64Array(bias.values.length);
  const row = new Row(keys);
  const ofWeights = new Float64Array(keys);
  forEachQuery(spec, chosen, (query) => {
    row.weigh(q, k, spec, query);
    let mean = 0;
    for (let j = query.from; j < query.to; j++) {
      if (row.weights[j] === 0) continue;
      const weight = row.weights[j]! / row.total;
      const value = query.v + j * keyValueHeads * valueDim;
      const factor = query.factor(j);
      ofWeights[j] = factor === 0 ? 0 : factor * dot(gradient, query.output, v, value, valueDim);
      if (factor === 0) continue;
      mean += weight * ofWeights[j]!;
      for (let d = 0; d < valueDim; d++) vGradient[value + d]! += weight * factor * gradient[query.output + d]!;
    }
    for (let j = query.from; j < query.to; j++) {
      if (row.weights[j] === 0) continue;
      const key = query.k + j * keyValueHeads * headDim;
      const ofScore = (row.weights[j]! / row.total) * (ofWeights[j]! - mean);
      if (biasGradient) biasGradient[query.bias(j)]! += ofScore;
      const ofProduct = scale * row.slopes[j]! * ofScore;
      for (let d = 0; d < headDim; d++) {
        qGradient[query.q + d]! += ofProduct * k[key + d]!;
        kGradient[key + d]! += ofProduct * q[query.q + d]!;
      }
    }
  });
  return {
    q: Float32Array.from(qGradient),
    k: Float32Array.from(kGradient),
    v: Float32Array.from(vGradient),
    bias: biasGradient && Float32Array.from(biasGradient),
  };
}
