import type { AttentionSpec, Buffer, Spread } from "../kernels";

/** Where one query's numbers lie, and which keys it sees. */
interface Query {
  q: number;
  output: number;
  /** The place of its row in logSumExp. */
  row: number;
  /** The place of key j is `k + j · keyStep`, that of its value `v + j · valueStep`. */
  k: number;
  v: number;
  sees: (key: number) => boolean;
  /** Where its bias for a key lies. */
  bias: (key: number) => number;
}

function forEachQuery(spec: AttentionSpec, visit: (query: Query) => void): void {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, causal, mask, bias } = spec;
  const { window = Number.POSITIVE_INFINITY } = spec;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const group = Math.floor(h / (heads / keyValueHeads));
      for (let i = 0; i < queries; i++) {
        const vector = (b * queries + i) * heads + h;
        const place = i + keys - queries;
        visit({
          q: vector * headDim,
          output: vector * valueDim,
          row: vector,
          k: (b * capacity * keyValueHeads + group) * headDim,
          v: (b * capacity * keyValueHeads + group) * valueDim,
          sees: (j) =>
            (!causal || j <= place) &&
            Math.abs(place - j) < window &&
            (mask === undefined || mask.values[placeOf(mask, b, h, i, j)] !== 0),
          bias: (j) => (bias === undefined ? 0 : placeOf(bias, b, h, i, j)),
        });
      }
    }
  }
}

const placeOf = ({ steps }: Spread, b: number, h: number, i: number, j: number): number =>
  b * steps[0] + h * steps[1] + i * steps[2] + j * steps[3];

function dot(a: Buffer, aStart: number, b: Buffer, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}

/** c · tanh(x / c), or x without a softcap c, and its slope. */
function capped(x: number, softcap: number | undefined): { score: number; slope: number } {
  if (softcap === undefined) return { score: x, slope: 1 };
  const tanh = Math.tanh(x / softcap);
  return { score: softcap * tanh, slope: 1 - tanh ** 2 };
}

/**
 * output = softmax(s) v of the scores s = capped(q kᵀ · scale) + bias, one query at a time, so that memory grows with the
 * keys and not with queries × keys. logSumExp of each row is what the gradient needs to find its weights again; a query
 * that sees no key gives zeros.
 */
export function attention(q: Buffer, k: Buffer, v: Buffer, spec: AttentionSpec) {
  const { batch, queries, keys, heads, keyValueHeads, headDim, valueDim, scale, softcap, bias } = spec;
  const output = new Float32Array(batch * queries * heads * valueDim);
  const logSumExp = new Float32Array(batch * queries * heads);
  const scores = new Float64Array(keys);
  const sums = new Float64Array(valueDim);
  forEachQuery(spec, (query) => {
    let maximum = Number.NEGATIVE_INFINITY;
    scores.fill(Number.NEGATIVE_INFINITY);
    for (let j = 0; j < keys; j++) {
      if (!query.sees(j)) continue;
      const product = scale * dot(q, query.q, k, query.k + j * keyValueHeads * headDim, headDim);
      scores[j] = capped(product, softcap).score + (bias ? bias.values[query.bias(j)]! : 0);
      maximum = Math.max(maximum, scores[j]!);
    }
    logSumExp[query.row] = Number.NEGATIVE_INFINITY;
    if (maximum === Number.NEGATIVE_INFINITY) return;
    let total = 0;
    sums.fill(0);
    for (let j = 0; j < keys; j++) {
      if (scores[j] === Number.NEGATIVE_INFINITY) continue;
      const weight = Math.exp(scores[j]! - maximum);
      total += weight;
      const value = query.v + j * keyValueHeads * valueDim;
      for (let d = 0; d < valueDim; d++) sums[d]! += weight * v[value + d]!;
    }
    for (let d = 0; d < valueDim; d++) output[query.output + d] = sums[d]! / total;
    logSumExp[query.row] = maximum + Math.log(total);
  });
  return { output, logSumExp };
}

/**
 * With weights p = softmax(s): ∂v = pᵀ g, ∂s = p (g vᵀ − g · output), ∂bias = ∂s summed where the bias repeats,
 * ∂q = ∂s′ k · scale, ∂k = ∂s′ᵀ q · scale with ∂s′ = ∂s times the slope of `capped`.
 *
 * @see Dao et al. 2022, FlashAttention (arXiv 2205.14135), appendix B.2
 */
export function attentionGradient(
  q: Buffer,
  k: Buffer,
  v: Buffer,
  spec: AttentionSpec,
  saved: { output: Buffer; logSumExp: Buffer },
  gradient: Buffer,
) {
  const { keys, keyValueHeads, headDim, valueDim, scale, softcap, bias } = spec;
  const qGradient = new Float64Array(q.length);
  const kGradient = new Float64Array(k.length);
  const vGradient = new Float64Array(v.length);
  const biasGradient = bias && new Float64Array(bias.values.length);
  forEachQuery(spec, (query) => {
    const rowDot = dot(gradient, query.output, saved.output, query.output, valueDim);
    for (let j = 0; j < keys; j++) {
      if (!query.sees(j)) continue;
      const added = bias ? bias.values[query.bias(j)]! : 0;
      if (added === Number.NEGATIVE_INFINITY) continue;
      const key = query.k + j * keyValueHeads * headDim;
      const value = query.v + j * keyValueHeads * valueDim;
      const { score, slope } = capped(scale * dot(q, query.q, k, key, headDim), softcap);
      const weight = Math.exp(score + added - saved.logSumExp[query.row]!);
      for (let d = 0; d < valueDim; d++) vGradient[value + d]! += weight * gradient[query.output + d]!;
      const ofScore = weight * (dot(gradient, query.output, v, value, valueDim) - rowDot);
      if (biasGradient) biasGradient[query.bias(j)]! += ofScore;
      const ofProduct = scale * slope * ofScore;
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
