import type { AttentionSpec, Buffer } from "../kernels";

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
}

function forEachQuery(spec: AttentionSpec, visit: (query: Query) => void): void {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, causal, mask } = spec;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const group = Math.floor(h / (heads / keyValueHeads));
      for (let i = 0; i < queries; i++) {
        const vector = (b * queries + i) * heads + h;
        const last = causal ? i + keys - queries : keys - 1;
        const maskRow = mask ? b * mask.steps[0] + h * mask.steps[1] + i * mask.steps[2] : 0;
        visit({
          q: vector * headDim,
          output: vector * valueDim,
          row: vector,
          k: (b * capacity * keyValueHeads + group) * headDim,
          v: (b * capacity * keyValueHeads + group) * valueDim,
          sees: (key) => key <= last && mask?.values[maskRow + key * mask.steps[3]] !== 0,
        });
      }
    }
  }
}

function dot(a: Buffer, aStart: number, b: Buffer, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}

/**
 * output = softmax(q kᵀ · scale) v, one query at a time, so that memory grows with the keys and not with queries × keys.
 * logSumExp of each row is what the gradient needs to find its weights again; a query that sees no key gives zeros.
 */
export function attention(q: Buffer, k: Buffer, v: Buffer, spec: AttentionSpec) {
  const { batch, queries, keys, heads, keyValueHeads, headDim, valueDim, scale } = spec;
  const output = new Float32Array(batch * queries * heads * valueDim);
  const logSumExp = new Float32Array(batch * queries * heads);
  const scores = new Float64Array(keys);
  const sums = new Float64Array(valueDim);
  forEachQuery(spec, (query) => {
    let maximum = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < keys; j++) {
      const score = query.sees(j)
        ? scale * dot(q, query.q, k, query.k + j * keyValueHeads * headDim, headDim)
        : Number.NEGATIVE_INFINITY;
      scores[j] = score;
      maximum = Math.max(maximum, score);
    }
    logSumExp[query.row] = Number.NEGATIVE_INFINITY;
    if (maximum === Number.NEGATIVE_INFINITY) return;
    let total = 0;
    sums.fill(0);
    for (let j = 0; j < keys; j++) {
      if (!query.sees(j)) continue;
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
 * With weights p = softmax(s), s = q kᵀ · scale: ∂v = pᵀ g, ∂s = p (g vᵀ − g · output), ∂q = ∂s k · scale,
 * ∂k = ∂sᵀ q · scale.
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
  const { keys, keyValueHeads, headDim, valueDim, scale } = spec;
  const qGradient = new Float64Array(q.length);
  const kGradient = new Float64Array(k.length);
  const vGradient = new Float64Array(v.length);
  forEachQuery(spec, (query) => {
    const rowDot = dot(gradient, query.output, saved.output, query.output, valueDim);
    for (let j = 0; j < keys; j++) {
      if (!query.sees(j)) continue;
      const key = query.k + j * keyValueHeads * headDim;
      const value = query.v + j * keyValueHeads * valueDim;
      const weight = Math.exp(scale * dot(q, query.q, k, key, headDim) - saved.logSumExp[query.row]!);
      for (let d = 0; d < valueDim; d++) vGradient[value + d]! += weight * gradient[query.output + d]!;
      const slope = scale * weight * (dot(gradient, query.output, v, value, valueDim) - rowDot);
      for (let d = 0; d < headDim; d++) {
        qGradient[query.q + d]! += slope * k[key + d]!;
        kGradient[key + d]! += slope * q[query.q + d]!;
      }
    }
  });
  return { q: Float32Array.from(qGradient), k: Float32Array.from(kGradient), v: Float32Array.from(vGradient) };
}
