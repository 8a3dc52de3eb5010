import {
  add,
  attention,
  crossEntropy,
  einsum,
  embedding,
  gated,
  type HeadShape,
  indexSelect,
  layerNorm,
  linear,
  multiply,
  relu,
  reshape,
  rmsNorm,
  rotary,
  scatterAdd,
  softmax,
  type Tensor,
  tensor,
  topK,
  zeros,
} from "../../../src/tensor";

/** What transformers are composed of, written with the public operations alone. */
type Heads = Tensor<HeadShape>;
type Composition = (...tensors: Tensor[]) => Tensor;

const HEADS = 2;
const HEAD = 4;
const EPSILON = 1e-5;
const IDS = [
  [1, 4, 2],
  [6, 0, 3],
];
const TARGETS = [
  [4, 2, 5],
  [0, 3, 6],
];
const distances = Array.from(IDS[0]!, (_, query) => Array.from(IDS[0]!, (_, key) => key - query));

/** x [batch, seq, width] by a weight [heads · headDim, width]. */
const heads = (x: Tensor, weight: Tensor): Heads =>
  einsum("bsi,hdi->bshd", x, reshape(weight, [weight.shape[0]! / HEAD, HEAD, weight.shape[1]!]));

const joined = (x: Heads, weight: Tensor): Tensor =>
  einsum("bshd,ohd->bso", x, reshape(weight, [weight.shape[0]!, HEADS, HEAD]));

type Weights = readonly [wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor];

const crossed = (x: Tensor, memory: Tensor, [wq, wk, wv, wo]: Weights, options = {}): Tensor =>
  joined(attention(heads(x, wq), heads(memory, wk), heads(memory, wv), options), wo);

const causal = (x: Tensor, weights: Weights, options = {}) => crossed(x, x, weights, { mask: "causal", ...options });

const norm = (x: Tensor, weight: Tensor, bias: Tensor) => layerNorm(x, weight, bias, { epsilon: EPSILON });

const preNorm = (x: Tensor, weight: Tensor, bias: Tensor, ...weights: Weights) =>
  add(x, causal(norm(x, weight, bias), weights));

const gatedFeedForward = (x: Tensor, gate: Tensor, up: Tensor, down: Tensor) =>
  linear(gated(linear(x, gate), linear(x, up), { activation: "silu" }), down);

const toLogits = (x: Tensor, embeddings: Tensor) => einsum("bsi,vi->bsv", x, embeddings);

/** Each expert sees only the tokens that chose it. */
function mixtureOfExperts(x: Tensor, router: Tensor, up: Tensor, down: Tensor): Tensor {
  const { values, indices } = topK(linear(x, router), { k: 2 });
  const chosen = indices as number[][];
  const shares = softmax(values);
  return Array.from({ length: up.shape[0]! }, (_, expert) => expert).reduce((output: Tensor, expert) => {
    const places = chosen.flatMap((row, token) => row.flatMap((each, i) => (each === expert ? [{ token, i }] : [])));
    const tokens = places.map(({ token }) => token);
    const [first, second] = [up, down].map((all) => indexSelect(all, [expert], { axis: 0 }));
    const hidden = relu(einsum("ti,ehi->th", indexSelect(x, tokens, { axis: 0 }), first!));
    const slots = places.map(({ token, i }) => 2 * token + i);
    const share = indexSelect(reshape(shares, [2 * x.shape[0]!]), slots, { axis: 0 });
    return scatterAdd(output, tokens, einsum("t,th,eoh->to", share, hidden, second!), { axis: 0 });
  }, zeros(x.shape));
}

const whole = {
  preNorm,
  postNorm: (x: Tensor, weight: Tensor, bias: Tensor, ...weights: Weights) =>
    norm(add(x, causal(x, weights)), weight, bias),
  gatedFeedForward,
  groupedRotary: (x: Tensor, wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor) =>
    joined(attention(rotary(heads(x, wq)), rotary(heads(x, wk)), heads(x, wv), { mask: "causal" }), wo),
  crossAttention: (x: Tensor, memory: Tensor, ...weights: Weights) => crossed(x, memory, weights),
  mixtureOfExperts,
  latentAttention: (x: Tensor, wq: Tensor, compress: Tensor, scale: Tensor, wk: Tensor, wv: Tensor, wo: Tensor) => {
    const latent = rmsNorm(linear(x, compress), scale, { epsilon: 1e-6 });
    return joined(attention(heads(x, wq), heads(latent, wk), heads(latent, wv), { mask: "causal" }), wo);
  },
  alibi: (x: Tensor, ...weights: Weights) =>
    causal(x, weights, { bias: multiply(reshape(tensor([2 ** -4, 2 ** -8]), [HEADS, 1, 1]), tensor(distances)) }),
  relativeBias: (x: Tensor, table: Tensor, ...weights: Weights) => {
    const ids = distances.map((row) => row.map((distance) => Math.max(-2, Math.min(2, distance)) + 2));
    return crossed(x, x, weights, { bias: einsum("qkh->hqk", embedding(ids, table)) });
  },
  layerScale: (x: Tensor, scale: Tensor, gate: Tensor, up: Tensor, down: Tensor) =>
    add(x, multiply(scale, gatedFeedForward(x, gate, up, down))),
  tiedGptLoss: (embeddings: Tensor, positions: Tensor, weight: Tensor, bias: Tensor, ...weights: Weights) => {
    const x = preNorm(add(embedding(IDS, embeddings), positions), weight, bias, ...weights);
    return crossEntropy(toLogits(norm(x, weight, bias), embeddings), TARGETS);
  },
  encoderDecoderLoss: (embeddings: Tensor, weight: Tensor, bias: Tensor, ...all: Tensor[]) => {
    const [encoder, decoder, cross] = [0, 4, 8].map((from) => all.slice(from, from + 4) as unknown as Weights);
    const source = embedding(TARGETS, embeddings);
    const memory = norm(add(source, crossed(source, source, encoder!)), weight, bias);
    const target = embedding(IDS, embeddings);
    const x = add(target, causal(target, decoder!));
    return crossEntropy(toLogits(norm(add(x, crossed(x, memory, cross!)), weight, bias), embeddings), TARGETS);
  },
};

export const compositions = whole as unknown as Readonly<Record<string, Composition>>;
