import { arrayOf, type Check, type Checks, checkOptions, expectBoolean, instanceOf, oneOf } from "../checks";
import {
  add,
  dropout,
  flip,
  type HeadShape,
  type Initial,
  matmul,
  mean,
  multiply,
  permute,
  type RankedTensor,
  reshape,
  slice,
  subtract,
  type Tensor,
} from "../tensor";
import { apart, endToEnd, expectLengths, withPadding } from "../tensor/internal";
import { attended } from "./attended";
import { admitTexts } from "./caching";
import { expectSequence, initial, rate, size } from "./checks";
import { DistanceEmbedding } from "./distance-embedding";
import { Linear } from "./linear";
import { Module } from "./module";
import { paddingOf } from "./padding";
import { checkPass, type Pass, type Sequence, tap, type Unused } from "./pass";

/** Which of a pair of tokens is seen by its content, and which by its place. */
export type DisentangledTerm = "contentToPosition" | "positionToContent";

/** The sizes and terms of `DisentangledAttention`. */
export interface DisentangledAttentionConfig {
  dModel: number;
  heads: number;
  /** Terms beside that of content to content; none if omitted. Each changes the scale of all. */
  terms?: readonly DisentangledTerm[] | undefined;
  /** The vectors of distances, which layers share. Without them the terms only change the scale. */
  distances?: DistanceEmbedding | undefined;
  /** Distances use the projections of contents. */
  sharedProjections?: boolean | undefined;
  /** A bias of the keys, those of distances too; true if omitted. */
  keyBias?: boolean | undefined;
  /** The share of attention weights to zero in training. */
  dropout?: number | undefined;
  /** The share of the vectors of distances to zero in training. */
  distanceDropout?: number | undefined;
  initial?: Initial | undefined;
}

const term: Check = oneOf(["contentToPosition", "positionToContent"]);
const checks: Checks<DisentangledAttentionConfig> = {
  ...{ dModel: size, heads: size, dropout: rate, distanceDropout: rate, initial },
  terms: arrayOf(term, "an array of terms"),
  distances: instanceOf(DistanceEmbedding, "a DistanceEmbedding"),
  sharedProjections: expectBoolean,
  keyBias: expectBoolean,
};

/**
 * Attention with scores from contents and distances apart:
 * score(i, j) = (Qᵢ · Kⱼ + Qᵢ · Kʳ[i − j] + Kⱼ · Qʳ[i − j]) / √(headDim · (1 + number of further terms)).
 *
 * Q, K, V are projections of x, and Kʳ, Qʳ of the vectors of distances: `query`, `key`, `value`, `distanceKey`,
 * `distanceQuery`. x [batch, seq, dModel] → the same shape. Reports what MultiHeadAttention does. A query that is
 * padding sees all tokens alike.
 *
 * @throws RangeError if heads do not divide dModel
 * @see He et al. 2020, DeBERTa (arXiv 2006.03654), section 3.1
 */
export class DisentangledAttention extends Module {
  readonly heads: number;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly distances: DistanceEmbedding | undefined;
  readonly distanceKey: Linear | undefined;
  readonly distanceQuery: Linear | undefined;
  readonly scale: number;
  readonly dropout: number;
  readonly distanceDropout: number;

  constructor(config: DisentangledAttentionConfig) {
    super();
    checkOptions("DisentangledAttention", config, checks, ["dModel", "heads"]);
    const { dModel, heads, terms = [], distances, sharedProjections = false, keyBias, initial } = config;
    if (dModel % heads !== 0)
      throw new RangeError(`DisentangledAttention: ${heads} heads do not divide dModel ${dModel}`);
    if (new Set(terms).size < terms.length)
      throw new RangeError(`DisentangledAttention: terms has ${terms.join(", ")}; give each once`);
    const project = (bias?: boolean) => new Linear({ inFeatures: dModel, outFeatures: dModel, bias, initial });
    this.heads = heads;
    this.query = project();
    this.key = project(keyBias);
    this.value = project();
    this.output = project();
    this.distances = distances;
    if (distances && terms.includes("contentToPosition"))
      this.distanceKey = sharedProjections ? this.key : project(keyBias);
    if (distances && terms.includes("positionToContent"))
      this.distanceQuery = sharedProjections ? this.query : project();
    this.scale = 1 / Math.sqrt((dModel / heads) * (1 + terms.length));
    this.dropout = config.dropout ?? 0;
    this.distanceDropout = config.distanceDropout ?? 0;
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("DisentangledAttention", "x", x);
    checkPass("DisentangledAttention", pass, unused);
    admitTexts("DisentangledAttention", this, pass);
    const { lengths } = pass;
    // Texts end to end are padded to the longest here, and nowhere else.
    const own = (of: Tensor<HeadShape>) => (lengths ? (apart(of, lengths) as Tensor<HeadShape>) : of);
    if (lengths) expectLengths("DisentangledAttention", lengths, "x", x);
    const project = (layer: Linear, site: string, used: string) =>
      own(tap(pass, this, used, tap(pass, this, site, this.#split(layer.forward(x)))));
    const q = project(this.query, "query", "queries");
    const k = project(this.key, "key", "keys");
    const v = project(this.value, "value", "values");
    const { scale } = this;
    const given = { mask: pass.mask, causal: pass.causal ?? false, bias: this.#bias(q, k, pass), scale };
    const options = lengths ? withPadding(given, lengths) : given;
    const context = attended(this, { q, k, v }, options, pass);
    const packed = lengths ? (endToEnd(context, lengths) as Tensor<HeadShape>) : spread(context, v, pass);
    const joined = reshape(tap(pass, this, "heads", tap(pass, this, "context", packed)), x.shape);
    return tap(pass, this, "output", this.output.forward(joined));
  }

  /** [batch, seq, dModel] → [batch, seq, heads, headDim] */
  #split(x: Tensor<Sequence>): Tensor<HeadShape> {
    const [batch, seq, dModel] = x.shape;
    return reshape(x, [batch, seq, this.heads, dModel / this.heads]);
  }

  /** What distances add to the scores: [batch, heads, query, key]. */
  #bias(q: Tensor<HeadShape>, k: Tensor<HeadShape>, pass: Pass): Tensor | undefined {
    if (!this.distances || !(this.distanceKey || this.distanceQuery)) return pass.bias;
    const table = this.distances.forward(q.shape[1], pass);
    const { rng: random } = pass;
    const vectors = random ? dropout(table, { rate: this.distanceDropout, random }) : table;
    const seq = q.shape[1];
    const fromQueries =
      this.distanceKey && this.#aligned(q, flip(this.distanceKey.forward(vectors), { axis: 0 }), seq - 1);
    const fromKeys = this.distanceQuery && this.#aligned(k, this.distanceQuery.forward(vectors), seq);
    const turned = fromKeys && permute(fromKeys, [0, 1, 3, 2]);
    const sum = fromQueries && turned ? add(fromQueries, turned) : (fromQueries ?? turned)!;
    const scaled = multiply(sum, this.scale);
    return pass.bias ? add(scaled, pass.bias) : scaled;
  }

  /**
   * tokens [batch, seq, heads, headDim], vectors [2 · seq, dModel] → [batch, heads, seq, seq]: at (i, j) the product of
   * token i with vector start + j − i. Rows are read as if each were shorter by one, so that each begins one vector
   * before the last.
   */
  #aligned(tokens: Tensor<HeadShape>, vectors: Tensor, start: number): Tensor {
    const [batch, seq, heads, headDim] = tokens.shape;
    const count = 2 * seq;
    const byHead = permute(reshape(vectors, [count, heads, headDim]), [1, 2, 0]); // [heads, headDim, count]
    const products = matmul(permute(tokens, [0, 2, 1, 3]), byHead); // [batch, heads, seq, count]
    const flat = reshape(products, [batch, heads, seq * count]);
    const shifted = slice(flat, { axis: 2, start, end: start + seq * (count - 1) });
    return slice(reshape(shifted, [batch, heads, seq, count - 1]), { axis: 3, end: seq });
  }
}

/** As in the reference, padding sees all tokens alike. */
function spread(context: Tensor<HeadShape>, v: Tensor<HeadShape>, pass: Pass): Tensor<HeadShape> {
  const kept = paddingOf(pass, "DisentangledAttention", [v.shape[0], v.shape[1], 1, 1]);
  if (kept === undefined) return context;
  const everywhere = mean(v, { axis: 1, keepAxis: true });
  return add(multiply(context, kept), multiply(everywhere, subtract(1, kept))) as Tensor<HeadShape>;
}

const unused: Unused = {
  cache: "it sees the whole text",
  memory: "it has no cross attention",
  memoryMask: "it has no cross attention",
};
