import { type Checks, checkOptions, expectBoolean, having, numberIn, wrongKind } from "../checks";
import { isOfAnotherCopy } from "../describe";
import { knownAs } from "../synonyms";
import {
  attend,
  attention,
  attentionWeights,
  dropout,
  type HeadShape,
  type Initial,
  reshape,
  ShapeError,
  type Tensor,
} from "../tensor";
import { expectSequence, initial, rate, size } from "./checks";
import type { KeysAndValues } from "./keys-and-values";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import type { PositionalEncoding } from "./position";

export interface MultiHeadAttentionConfig {
  dModel: number;
  heads: number;
  /** Fewer heads for keys and values than for queries; each serves heads / keyValueHeads query heads. */
  keyValueHeads?: number | undefined;
  /** dModel / heads if omitted. */
  headDim?: number | undefined;
  bias?: boolean | undefined;
  /** The share of attention weights to zero in training. */
  dropout?: number | undefined;
  /** Tokens see only tokens fewer than `window` positions away (with `causal`, before them); all if omitted. */
  window?: number | undefined;
  /** Keeps scores s between −softcap and softcap: softcap · tanh(s / softcap). */
  softcap?: number | undefined;
  /** A rotary encoding of queries and keys. */
  position?: PositionalEncoding | undefined;
  initial?: Initial | undefined;
}

export const attentionChecks: Checks<MultiHeadAttentionConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "dModel hiddenSize embeddingDim embedDim nEmbd dim modelDim width dmodel",
      "heads numHeads nHead nHeads numAttentionHeads attentionHeads head encoderAttentionHeads decoderAttentionHeads",
      "keyValueHeads numKeyValueHeads nKvHead kvHeads numKvHeads nKvHeads kvNumHeads",
      "headDim dHead dimHead headSize keyDim kvChannels",
      "dropout dropoutRate pDropout attnPdrop residPdrop embdPdrop hiddenDropoutProb attentionDropout dropoutP attentionProbsDropoutProb",
    ],
    advice: [["dModel", "batchFirst", "inputs are always [batch, seq, dModel]"]],
  },
  {
    dModel: size,
    heads: size,
    keyValueHeads: size,
    headDim: size,
    bias: expectBoolean,
    dropout: rate,
    window: size,
    softcap: numberIn({ least: 2 ** -126 }),
    position: (where, name, value) => {
      // Parameters of another copy of the library would not be found.
      if (isOfAnotherCopy(value)) throw wrongKind(where, name, "a PositionalEncoding", value);
      having(["forward"], "a PositionalEncoding")(where, name, value);
    },
    initial,
  },
);

/**
 * MultiHead(Q, K, V) = Concat(head₁, …, headₕ) Wᴼ with headᵢ = softmax(Q Wᵢᑫ (K Wᵢᴷ)ᵀ / √headDim) V Wᵢⱽ.
 *
 * Queries come from x [batch, seq, dModel]; keys and values from x as well, or from `pass.memory` [batch, source,
 * dModel] (cross attention). Wᑫ, Wᴷ, Wⱽ, Wᴼ are `query`, `key`, `value`, `output`. Reports `query`, `key`, `value`
 * [batch, seq, heads, headDim], `weights` [batch, heads, query, key], `context` [batch, seq, heads, headDim] and
 * `output`.
 *
 * @throws RangeError if heads do not divide dModel or keyValueHeads do not divide heads
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.2; Ainslie et al. 2023 (arXiv 2305.13245) for grouped heads
 * @example
 * ```ts
 * import { initialize, MultiHeadAttention, ones } from "transformer-blocks";
 * const attention = initialize(new MultiHeadAttention({ dModel: 64, heads: 4 }), { seed: 1 });
 * attention.forward(ones([2, 5, 64]), { mask: "causal" }).shape; // [2, 5, 64]
 * ```
 */
export class MultiHeadAttention extends Module {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly window: number | undefined;
  readonly softcap: number | undefined;
  readonly position: PositionalEncoding | undefined;
  readonly dropout: number;

  constructor(config: MultiHeadAttentionConfig) {
    super();
    checkOptions("MultiHeadAttention", config, attentionChecks, ["dModel", "heads"]);
    const { dModel, heads, keyValueHeads = heads, headDim = dModel / heads, bias, initial, dropout = 0 } = config;
    if (!Number.isInteger(headDim))
      throw new RangeError(`MultiHeadAttention: ${heads} heads do not divide dModel ${dModel}; give headDim`);
    if (!Number.isInteger(heads / keyValueHeads))
      throw new RangeError(`MultiHeadAttention: ${keyValueHeads} keyValueHeads do not divide ${heads} heads`);
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.query = new Linear({ inFeatures: dModel, outFeatures: heads * headDim, bias, initial });
    this.key = new Linear({ inFeatures: dModel, outFeatures: keyValueHeads * headDim, bias, initial });
    this.value = new Linear({ inFeatures: dModel, outFeatures: keyValueHeads * headDim, bias, initial });
    this.output = new Linear({ inFeatures: heads * headDim, outFeatures: dModel, bias, initial });
    this.window = config.window;
    this.softcap = config.softcap;
    this.position = config.position;
    this.dropout = dropout;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "keeps";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("MultiHeadAttention", "x", x);
    checkPass("MultiHeadAttention", pass);
    const q = this.#turn(tap(pass, this, "query", this.#split(this.query.forward(x), this.heads)), pass);
    const { k, v, keys } = pass.memory ? this.#remembered(x, pass.memory, pass) : this.#own(x, pass);
    const { window, softcap } = this;
    const options = { mask: pass.mask, causal: pass.causal ?? false, bias: pass.bias, keys, window, softcap };
    const dropout = pass.rng && { rate: this.dropout, random: pass.rng };
    // Both branches drop the same weights.
    const context = pass.tap?.sees(this, "weights")
      ? attend(this.#weights(q, k, options, pass), v)
      : attention(q, k, v, { ...options, dropout });
    const [batch, seq] = x.shape;
    const joined = reshape(tap(pass, this, "context", context), [batch, seq, this.heads * this.headDim]);
    return tap(pass, this, "output", this.output.forward(joined));
  }

  /** [batch, seq, heads · headDim] → [batch, seq, heads, headDim] */
  #split(x: Tensor, heads: number): Tensor<HeadShape> {
    return reshape(x, [x.shape[0]!, x.shape[1]!, heads, this.headDim]);
  }

  #turn(x: Tensor<HeadShape>, pass: Pass): Tensor<HeadShape> {
    // Cross attention has no positions: those of two texts are not comparable.
    return this.position && !pass.memory ? this.position.forward(x, pass) : x;
  }

  #project(x: Tensor, pass: Pass): KeysAndValues {
    const k = tap(pass, this, "key", this.#split(this.key.forward(x), this.keyValueHeads));
    const v = tap(pass, this, "value", this.#split(this.value.forward(x), this.keyValueHeads));
    return { k, v, keys: k.shape[1] };
  }

  #own(x: Tensor, pass: Pass): KeysAndValues {
    const { k, v, keys } = this.#project(x, pass);
    const turned = this.#turn(k, pass);
    return pass.cache ? pass.cache.append(this, turned, v) : { k: turned, v, keys };
  }

  #remembered(x: Tensor, memory: Tensor, pass: Pass): KeysAndValues {
    expectSequence("MultiHeadAttention", "memory", memory);
    if (memory.shape[0] !== x.shape[0])
      throw new ShapeError(
        `MultiHeadAttention: memory ${memory.describe()} and x ${x.describe()} differ in batch size`,
      );
    const compute = () => this.#project(memory, pass);
    return pass.cache ? pass.cache.remember(this, memory, compute) : compute();
  }

  #weights(q: Tensor<HeadShape>, k: Tensor<HeadShape>, options: Parameters<typeof attentionWeights>[2], pass: Pass) {
    const weights = tap(pass, this, "weights", attentionWeights(q, k, options));
    return pass.rng ? dropout(weights, { rate: this.dropout, random: pass.rng }) : weights;
  }
}
