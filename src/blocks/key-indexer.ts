import { type Checks, checkOptions } from "../checks";
import { knownAs } from "../synonyms";
import {
  einsum,
  type HeadShape,
  type Initial,
  multiply,
  type RankedTensor,
  relu,
  reshape,
  slice,
  type Tensor,
  tensor,
  where,
} from "../tensor";
import { expectLayer, expectSequence, initial, size } from "./checks";
import { greatestPlaces } from "./first-greatest";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { LayerNorm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import type { PositionalEncoding } from "./position";
import { visibleKeys } from "./visible-keys";

/** The sizes of a `KeyIndexer`. */
export interface KeyIndexerConfig {
  dModel: number;
  /** The size of the compressed queries. */
  queryRank: number;
  heads: number;
  headDim: number;
  /** How many keys each query looks at. */
  topK: number;
  /** A rotary encoding of queries and keys. */
  position?: PositionalEncoding | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<KeyIndexerConfig> = /* @__PURE__ */ knownAs(
  { options: ["heads indexNHeads", "headDim indexHeadDim", "topK indexTopk"] },
  { dModel: size, queryRank: size, heads: size, headDim: size, topK: size, position: expectLayer, initial },
);

/**
 * Chooses the keys that each query of a `LatentAttention` looks at: those with the greatest Iₜₛ = Σⱼ wₜⱼ relu(qₜⱼ · kₛ), with
 * small queries qₜⱼ of some heads, one small key kₛ for all of them, and a weight for each head.
 *
 * x [batch, seq, dModel] and compressed queries [batch, seq, queryRank] → 1 for a key to look at, 0 for another,
 * [batch, 1, query, key]. Layers are `query`, `key`, `norm`, `weight`. The choice has no gradient. It is made on the
 * CPU, so it cannot be made on a device. Reports `scores` [batch, query, key] and `selected`, the result.
 *
 * @see DeepSeek-AI 2025, DeepSeek-V3.2-Exp, equation 1
 */
export class KeyIndexer extends Module {
  readonly heads: number;
  readonly headDim: number;
  readonly topK: number;
  readonly query: Linear;
  readonly key: Linear;
  readonly norm: LayerNorm;
  readonly weight: Linear;
  readonly position: PositionalEncoding | undefined;

  constructor(config: KeyIndexerConfig) {
    super();
    checkOptions("KeyIndexer", config, checks, ["dModel", "queryRank", "heads", "headDim", "topK"]);
    const { dModel, queryRank, heads, headDim, initial } = config;
    const layer = (inFeatures: number, outFeatures: number) =>
      new Linear({ inFeatures, outFeatures, bias: false, initial });
    this.heads = heads;
    this.headDim = headDim;
    this.topK = config.topK;
    this.query = layer(queryRank, heads * headDim);
    this.key = layer(dModel, headDim);
    this.norm = new LayerNorm({ dModel: headDim, epsilon: 1e-6 });
    this.weight = layer(dModel, heads);
    this.position = config.position;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "keeps";
  }

  /** 1 for each key that a query looks at, else 0: [batch, 1, seq, keys]. */
  forward(x: Tensor<Sequence>, queries: Tensor<Sequence>, pass?: Pass): Tensor;
  forward(x: RankedTensor<Sequence>, queries: RankedTensor<Sequence>, pass?: Pass): Tensor;
  forward(x: RankedTensor<Sequence>, queries: RankedTensor<Sequence>, pass: Pass = {}): Tensor {
    expectSequence("KeyIndexer", "x", x);
    expectSequence("KeyIndexer", "queries", queries);
    checkPass("KeyIndexer", pass);
    const [batch, seq] = x.shape;
    const own = this.#heads(this.norm.forward(this.key.forward(x), pass), 1, pass);
    const { key, keys } = pass.cache ? pass.cache.append(this, { key: own }) : { key: own, keys: seq };
    const visible = visibleKeys("KeyIndexer", pass, [batch, seq, keys]);
    const used: Tensor = reshape(slice(key as Tensor, { axis: 1, end: keys }), [batch, keys, this.headDim]);
    const products = einsum("bshd,bkd->bshk", this.#heads(this.query.forward(queries), this.heads, pass), used);
    const scale = 1 / Math.sqrt(this.headDim * this.heads);
    const summed: Tensor = einsum("bsh,bshk->bsk", this.weight.forward(x), relu(multiply(products as Tensor, scale)));
    const scores = tap(pass, this, "scores", summed);
    const k = Math.min(this.topK, keys);
    const chosen = marked(where(visible, scores, -Infinity), k);
    return tap(pass, this, "selected", reshape(multiply(chosen, visible), [batch, 1, seq, keys]) as Tensor);
  }

  /** [batch, seq, heads · headDim] → [batch, seq, heads, headDim], with positions */
  #heads(x: Tensor, heads: number, pass: Pass): Tensor<HeadShape> {
    const split: Tensor<HeadShape> = reshape(x, [x.shape[0]!, x.shape[1]!, heads, this.headDim]);
    return this.position ? this.position.forward(split, pass) : split;
  }
}

/** 1 at the k greatest numbers of each row, 0 elsewhere. */
function marked(scores: Tensor, k: number): Tensor {
  const { data, shape } = scores;
  const size = shape.at(-1)!;
  const marks = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += size)
    for (const place of greatestPlaces(data.subarray(start, start + size), k)) marks[start + place] = 1;
  return tensor(marks, shape);
}
