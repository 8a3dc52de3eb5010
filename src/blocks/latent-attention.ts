import { checkOptions } from "../checks";
import {
  type AttentionOptions,
  concatenate,
  einsum,
  expand,
  type HeadShape,
  type RankedTensor,
  reshape,
  slice,
  type Tensor,
} from "../tensor";
import { attended } from "./attended";
import { expectSequence } from "./checks";
import { type KeySelection, type LatentAttentionConfig, latentChecks } from "./latent-attention-config";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { RMSNorm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import type { PositionalEncoding } from "./position";

/**
 * Attention whose keys and values are kept compressed: c = norm(x Wᴰ), and for head i, kᵢ = [c Wᵢᴷ; RoPE(x Wᴿ)], vᵢ = c Wᵢⱽ,
 * qᵢ = [q′ᵢ; RoPE(q″ᵢ)] with [q′ᵢ; q″ᵢ] = norm(x Wᴰᑫ) Wᵢᑫ; then softmax(qᵢ kᵢᵀ · scale) vᵢ, joined and multiplied by Wᴼ.
 *
 * The cache holds c and RoPE(x Wᴿ), keyValueRank + rotaryDim numbers for each token. Few new tokens are computed with
 * them as they are: q′ᵢ Wᵢᴷᵀ is compared with c, and the sum of c is multiplied by Wᵢⱽ. Many are computed with keys and
 * values, which is less work then. Both give the same.
 *
 * Wᴰ, Wᴿ, Wᴷ, Wⱽ, Wᴰᑫ, Wᑫ, Wᴼ are `latent`, `rotaryKey`, `key`, `value`, `queryLatent`, `query`, `output`. Reports what
 * MultiHeadAttention does, with `query`, `key`, `queries`, `keys` [batch, seq, heads, headDim + rotaryDim] and `value`,
 * `values`, `context`, `heads` [batch, seq, heads, valueDim]; `key` and `keys` are the same, and so are `value` and `values`.
 * Also `latent`, which is c, and `queryLatent`.
 *
 * @see DeepSeek-AI 2024, DeepSeek-V2 (arXiv 2405.04434), section 2.1
 * @example
 * ```ts
 * import { initialize, LatentAttention, ones } from "transformer-blocks";
 * const sizes = { dModel: 64, heads: 4, keyValueRank: 16, headDim: 12, rotaryDim: 4 };
 * const attention = initialize(new LatentAttention(sizes), { seed: 1 });
 * attention.forward(ones([2, 5, 64]), { mask: "causal" }).shape; // [2, 5, 64]
 * ```
 */
export class LatentAttention extends Module {
  readonly heads: number;
  readonly headDim: number;
  readonly rotaryDim: number;
  readonly valueDim: number;
  readonly queryLatent: Linear | undefined;
  readonly queryNorm: RMSNorm | undefined;
  readonly query: Linear;
  readonly latent: Linear;
  readonly latentNorm: RMSNorm;
  readonly rotaryKey: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly position: PositionalEncoding | undefined;
  readonly selection: KeySelection | undefined;
  readonly scale: number;
  readonly dropout: number;

  constructor(config: LatentAttentionConfig) {
    super();
    checkOptions("LatentAttention", config, latentChecks, ["dModel", "heads", "keyValueRank", "headDim", "rotaryDim"]);
    const { dModel, heads, keyValueRank, queryRank, headDim, rotaryDim, valueDim = headDim, epsilon } = config;
    if (config.selection && queryRank === undefined)
      throw new TypeError("LatentAttention: selection needs queryRank, because it sees the compressed queries");
    const layer = (inFeatures: number, outFeatures: number, bias = false) =>
      new Linear({ inFeatures, outFeatures, bias, initial: config.initial });
    this.heads = heads;
    this.headDim = headDim;
    this.rotaryDim = rotaryDim;
    this.valueDim = valueDim;
    if (queryRank !== undefined) {
      this.queryLatent = layer(dModel, queryRank, config.bias);
      this.queryNorm = new RMSNorm({ dModel: queryRank, epsilon });
    }
    this.query = layer(queryRank ?? dModel, heads * (headDim + rotaryDim));
    this.latent = layer(dModel, keyValueRank, config.bias);
    this.latentNorm = new RMSNorm({ dModel: keyValueRank, epsilon });
    this.rotaryKey = layer(dModel, rotaryDim, config.bias);
    this.key = layer(keyValueRank, heads * headDim);
    this.value = layer(keyValueRank, heads * valueDim);
    this.output = layer(heads * valueDim, dModel, config.bias);
    this.position = config.position;
    this.selection = config.selection;
    this.scale = config.scale ?? 1 / Math.sqrt(headDim + rotaryDim);
    this.dropout = config.dropout ?? 0;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "keeps";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("LatentAttention", "x", x);
    checkPass("LatentAttention", pass);
    const [batch, seq] = x.shape;
    const compressed = this.queryLatent ? this.#compressedQueries(x, this.queryLatent, pass) : x;
    const q = this.#queries(compressed, pass);
    const own = this.#compress(x, pass); // [batch, seq, 1, keyValueRank + rotaryDim]
    const { latent, keys } = pass.cache ? pass.cache.append(this, { latent: own }) : { latent: own, keys: seq };
    const kept = latent as Tensor<HeadShape>;
    const mask = this.selection ? this.selection.forward(x, compressed, pass) : pass.mask;
    const causal = !this.selection && (pass.causal ?? false);
    const options = { mask, causal, bias: pass.bias, keys, scale: this.scale };
    const isAbsorbed = pass.cache !== undefined && this.#absorbs(seq, keys, pass);
    const context = isAbsorbed ? this.#absorbed(q, kept, options, pass) : this.#expanded(q, kept, options, pass);
    const heads = tap(pass, this, "heads", tap(pass, this, "context", context));
    const joined = reshape(heads, [batch, seq, this.heads * this.valueDim]);
    return tap(pass, this, "output", this.output.forward(joined));
  }

  /** [q′; RoPE(q″)] of each head: [batch, seq, heads, headDim + rotaryDim] */
  #queries(compressed: Tensor<Sequence>, pass: Pass): Tensor<HeadShape> {
    const q = tap(pass, this, "query", this.#split(this.query.forward(compressed), this.headDim + this.rotaryDim));
    const plain = slice(q, { axis: 3, end: this.headDim });
    const turned = this.#turned(slice(q, { axis: 3, start: this.headDim }), pass);
    return tap(pass, this, "queries", concatenate([plain, turned], { axis: 3 }) as Tensor<HeadShape>);
  }

  #compressedQueries(x: Tensor<Sequence>, layer: Linear, pass: Pass): Tensor<Sequence> {
    return tap(pass, this, "queryLatent", this.queryNorm!.forward(layer.forward(x), pass) as Tensor<Sequence>);
  }

  /** What is kept of each token, [c; RoPE(x Wᴿ)]: [batch, seq, 1, keyValueRank + rotaryDim] */
  #compress(x: Tensor<Sequence>, pass: Pass): Tensor<HeadShape> {
    const [batch, seq] = x.shape;
    const heads = (y: Tensor): Tensor<HeadShape> => reshape(y, [batch, seq, 1, y.shape.at(-1)!]);
    const latent = heads(tap(pass, this, "latent", this.latentNorm.forward(this.latent.forward(x), pass)));
    return concatenate([latent, this.#turned(heads(this.rotaryKey.forward(x)), pass)], { axis: 3 });
  }

  /** With the keys and values of each head. */
  #expanded(q: Tensor<HeadShape>, kept: Tensor<HeadShape>, options: Options, pass: Pass): Tensor<HeadShape> {
    const [batch, , , width] = kept.shape;
    const { keys } = options;
    const used = slice(kept, { axis: 1, end: keys });
    const rank = width - this.rotaryDim;
    const latent = reshape(slice(used, { axis: 3, end: rank }), [batch, keys, rank]);
    const rotated = expand(slice(used, { axis: 3, start: rank }), [batch, keys, this.heads, this.rotaryDim]);
    const plain = this.#split(this.key.forward(latent), this.headDim);
    const key = tap(pass, this, "key", concatenate([plain, rotated], { axis: 3 }) as Tensor<HeadShape>);
    const value = tap(pass, this, "value", this.#split(this.value.forward(latent), this.valueDim));
    const [k, v] = [tap(pass, this, "keys", key), tap(pass, this, "values", value)];
    return attended(this, { q, k, v }, options, pass);
  }

  /** With what is kept as the one key and value of all heads: q′ᵢ · (c Wᵢᴷ) = (q′ᵢ Wᵢᴷᵀ) · c and Σ w (c Wᵢⱽ) = (Σ w c) Wᵢⱽ. */
  #absorbed(q: Tensor<HeadShape>, kept: Tensor<HeadShape>, options: Options, pass: Pass): Tensor<HeadShape> {
    const rank = kept.shape[3] - this.rotaryDim;
    const weightOf = (layer: Linear, size: number) => reshape(layer.weight, [this.heads, size, rank]);
    const plain = slice(q, { axis: 3, end: this.headDim });
    const compared: Tensor = einsum("bshd,hdr->bshr", plain, weightOf(this.key, this.headDim));
    const query = concatenate([compared, slice(q, { axis: 3, start: this.headDim })], { axis: 3 });
    // The sum of whole entries costs a little more than that of their first part, but copies nothing.
    const context = attended(this, { q: query as Tensor<HeadShape>, k: kept, v: kept }, options, pass);
    const summed = slice(context, { axis: 3, end: rank });
    return einsum("bshr,hvr->bshv", summed, weightOf(this.value, this.valueDim)) as Tensor<HeadShape>;
  }

  /** Whether the absorbed way is less work, and nobody asks for keys and values or has replaced the layers of them. */
  #absorbs(queries: number, keys: number, pass: Pass): boolean {
    if (["key", "keys", "value", "values"].some((site) => pass.tap?.sees(this, site))) return false;
    if (![this.key, this.value].every(isPlain)) return false;
    const rank = this.key.weight.shape[1]!;
    const sizes = this.headDim + this.valueDim;
    const absorbed = queries * (rank * sizes + keys * (2 * rank + this.rotaryDim));
    const expanded = keys * rank * sizes + queries * keys * (sizes + this.rotaryDim);
    return absorbed < expanded;
  }

  /** [batch, seq, heads · size] → [batch, seq, heads, size] */
  #split(x: Tensor, size: number): Tensor<HeadShape> {
    return reshape(x, [x.shape[0]!, x.shape[1]!, this.heads, size]);
  }

  #turned(x: Tensor, pass: Pass): Tensor<HeadShape> {
    return (this.position ? this.position.forward(x, pass) : x) as Tensor<HeadShape>;
  }
}

type Options = AttentionOptions & { keys: number };

/** Whether a layer is x Wᵀ with numbers at hand. */
const isPlain = (layer: Linear): boolean =>
  layer.forward === Linear.prototype.forward && layer.bias === undefined && layer.weight.quantized === undefined;
