import { checkOptions, wrongKind } from "../checks";
import {
  add,
  type HeadShape,
  initials,
  multiply,
  Parameter,
  type RankedTensor,
  ShapeError,
  sigmoid,
  type Tensor,
} from "../tensor";
import { longestOf, reshaped } from "../tensor/internal";
import { attended, seenKeys } from "./attended";
import { attentionChecks, type Gate, type MultiHeadAttentionConfig, type ScoreBias, sizesOf } from "./attention-config";
import { admitTexts } from "./caching";
import { expectSequence } from "./checks";
import { type HeadLayers, through } from "./head-layers";
import type { KeysAndValues } from "./keys-and-values";
import { lastKeys } from "./last-keys";
import { Linear, together } from "./linear";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import type { PositionalEncoding } from "./position";

/**
 * MultiHead(Q, K, V) = Concat(head₁, …, headₕ) Wᴼ with headᵢ = softmax(Q Wᵢᑫ (K Wᵢᴷ)ᵀ / √headDim) V Wᵢⱽ.
 *
 * Queries come from x [batch, seq, dModel]; keys and values from x as well, or from `pass.memory` [batch, source,
 * dModel] (cross attention). Wᑫ, Wᴷ, Wⱽ, Wᴼ are `query`, `key`, `value`, `output`. Between the projections and the scores
 * come the layers of `queries`, `keys` and `values`, such as a norm of each head, then `position`; between the weighted
 * values and Wᴼ those of `context` and the factor sigmoid(gate(x)).
 *
 * Reports `query`, `key`, `value` as projected and `queries`, `keys`, `values` as attention takes them, [batch, seq, heads,
 * headDim]; `scores` and their softmax `weights` [batch, heads, query, key] ([texts, heads, longest, longest] with
 * `pass.lengths`); the weighted values `context` and what Wᴼ multiplies, `heads`, [batch, seq, heads, headDim]; `output`.
 *
 * @throws RangeError if heads do not divide dModel or keyValueHeads do not divide heads
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.2; Ainslie et al. 2023 (arXiv 2305.13245) for grouped heads;
 * Henry et al. 2020 (arXiv 2010.04245) for norms of queries and keys; Brandon et al. 2024 (arXiv 2405.12981) for shared
 * keys; Qiu et al. 2025 (arXiv 2505.06708) for the gate
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
  /** What scores are multiplied by; 1 / √headDim if undefined. */
  readonly scale: number | undefined;
  readonly position: PositionalEncoding | undefined;
  readonly queries: HeadLayers | undefined;
  readonly keys: HeadLayers | undefined;
  readonly values: HeadLayers | undefined;
  readonly context: HeadLayers | undefined;
  readonly scoreBias: ScoreBias | undefined;
  /** [heads] */
  readonly sinks: Parameter | undefined;
  readonly gate: Gate | undefined;
  readonly dropout: number;
  /** Whether keys and values are those of an earlier layer, which has `key` and `value`. */
  readonly sharesKeys: boolean;
  /** The greatest reach of later layers that take its keys and values; 0 if there are none. */
  #lent = 0;

  constructor(config: MultiHeadAttentionConfig) {
    super();
    checkOptions("MultiHeadAttention", config, attentionChecks, ["dModel", "heads"]);
    const { dModel, bias, initial, sharedKeys, outputBias = bias } = config;
    if (sharedKeys && !(sharedKeys instanceof MultiHeadAttention))
      throw wrongKind("MultiHeadAttention", "sharedKeys", "a MultiHeadAttention", sharedKeys);
    const { heads, keyValueHeads, headDim } = sizesOf(config);
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    const project = (count: number) => new Linear({ inFeatures: dModel, outFeatures: count * headDim, bias, initial });
    this.query = project(heads);
    this.key = sharedKeys ? sharedKeys.key : project(keyValueHeads);
    this.value = sharedKeys ? sharedKeys.value : config.valuesFromKeys ? this.key : project(keyValueHeads);
    this.output = new Linear({ inFeatures: heads * headDim, outFeatures: dModel, bias: outputBias, initial });
    this.window = config.window;
    this.softcap = config.softcap;
    this.scale = config.scale;
    this.position = config.position;
    this.queries = config.queries;
    this.keys = config.keys;
    this.values = config.values;
    this.context = config.context;
    this.scoreBias = config.scoreBias;
    this.sinks = config.sinks ? new Parameter([heads], initial ?? initials.zeros()) : undefined;
    this.gate = config.gate;
    this.dropout = config.dropout ?? 0;
    this.sharesKeys = sharedKeys !== undefined;
    if (sharedKeys) sharedKeys.#lent = Math.max(sharedKeys.#lent, this.#reach);
  }

  /** Whether later layers take its keys and values. */
  get lends(): boolean {
    return this.#lent > 0;
  }

  /** How many keys a query sees at most, its own position and those before it. */
  get #reach(): number {
    return Math.min(this.window ?? Infinity, this.scoreBias?.reach ?? Infinity);
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return this.sharesKeys ? "perPosition" : "keeps";
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("MultiHeadAttention", "x", x);
    checkPass("MultiHeadAttention", pass);
    admitTexts("MultiHeadAttention", this, pass);
    const joined = this.between(x, together(x, this.projections(pass)), pass);
    return tap(pass, this, "output", this.output.forward(joined));
  }

  /**
   * The layers of queries and, unless others give them, of keys and values.
   *
   * @internal
   */
  projections(pass: Pass): readonly Linear[] {
    const isOwn = !pass.memory && !this.sharesKeys;
    return isOwn ? [this.query, ...this.#sources] : [this.query];
  }

  /**
   * What comes between the projections and Wᴼ: [batch, seq, heads · headDim].
   *
   * @param projected x by `projections`
   * @param isTurned whether queries and keys are already rotated
   * @internal
   */
  between(x: Tensor<Sequence>, [query, ...own]: readonly Tensor[], pass: Pass, isTurned = false): Tensor<Sequence> {
    const position = isTurned ? undefined : this.position;
    const projected = tap(pass, this, "query", this.#split(query!, this.heads));
    const q = tap(pass, this, "queries", turned(position, through(this.queries, projected, pass), pass));
    const { k, v, keys } = this.#keysAndValues(x, own, position, pass);
    const { window, softcap, scale, sinks } = this;
    const { lengths } = pass;
    const all = pass.memory ? keys : (pass.cache?.length ?? 0) + x.shape[1];
    const bias = lengths
      ? this.#biasOfTexts(lengths, pass)
      : lastKeys("bias", this.#bias(x.shape[1], all, pass), all, keys);
    const mask = lengths ? pass.mask : lastKeys("mask", pass.mask, all, keys);
    const counted = lengths ? { lengths } : { keys };
    const options = { mask, causal: pass.causal ?? false, bias, ...counted, window, softcap, scale, sinks };
    const used = { q, k: seenKeys(this, "keys", k, keys, pass), v: seenKeys(this, "values", v, keys, pass) };
    const context = tap(pass, this, "context", attended(this, used, options, pass));
    return this.#joined(through(this.context, context, pass), x, pass);
  }

  /** What Wᴼ multiplies: [batch, seq, heads, headDim] → [batch, seq, heads · headDim]. Reports `heads`. */
  #joined(context: Tensor<HeadShape>, x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
    const shape = [x.shape[0], x.shape[1], this.heads * this.headDim] as const;
    if (!this.gate) return reshaped(tap(pass, this, "heads", context), shape);
    const gated = multiply(reshaped(context, shape) as Tensor, sigmoid(this.gate.forward(x, pass)) as Tensor);
    return pass.tap?.sees(this, "heads")
      ? reshaped(tap(pass, this, "heads", this.#split(gated, this.heads)), shape)
      : (gated as Tensor<Sequence>);
  }

  /** [batch, seq, heads · headDim] → [batch, seq, heads, headDim] */
  #split(x: Tensor, heads: number): Tensor<HeadShape> {
    return reshaped(x, [x.shape[0]!, x.shape[1]!, heads, this.headDim]);
  }

  /** What is added to the scores: the pass's bias and its own. */
  #bias(queries: number, keys: number, pass: Pass): Tensor | undefined {
    if (!this.scoreBias || pass.memory) return pass.bias;
    const own = this.scoreBias.forward({ queries, keys, pass });
    return pass.bias ? add(pass.bias, own) : own;
  }

  /** Of texts end to end: of the longest, which the others use as much of as they are long. */
  #biasOfTexts(lengths: readonly number[], pass: Pass): Tensor | undefined {
    const longest = longestOf(lengths);
    return this.#bias(longest, longest, pass);
  }

  /** The layers of keys and values. */
  get #sources(): readonly Linear[] {
    return this.value === this.key ? [this.key] : [this.key, this.value];
  }

  /** @param projected x by the layers of keys and values, if they are those of x */
  #keysAndValues(x: Tensor<Sequence>, projected: readonly Tensor[], position: Position, pass: Pass): KeysAndValues {
    if (this.sharesKeys) return this.#borrowed(pass);
    const own = pass.memory ? this.#remembered(x, pass.memory, pass) : this.#own(projected, position, pass);
    if (this.#lent > 0) pass.shared?.set(this.key, own);
    return own;
  }

  #borrowed(pass: Pass): KeysAndValues {
    const lent = pass.shared?.get(this.key);
    if (lent === undefined)
      throw new Error(
        "MultiHeadAttention: the layer given as sharedKeys has not run in this pass; run it first, with the same pass.shared, as the blocks of a model do",
      );
    return lent as KeysAndValues;
  }

  #inHeads([key, value = key]: readonly Tensor[], pass: Pass): KeysAndValues {
    const k = tap(pass, this, "key", this.#split(key!, this.keyValueHeads));
    const v = tap(pass, this, "value", this.#split(value!, this.keyValueHeads));
    return { k: through(this.keys, k, pass), v: through(this.values, v, pass), keys: k.shape[1] };
  }

  #own(projected: readonly Tensor[], position: Position, pass: Pass): KeysAndValues {
    const { k: plain, v, keys } = this.#inHeads(projected, pass);
    const k = turned(position, plain, pass);
    if (!pass.cache) return { k, v, keys };
    const reach = Math.max(this.#reach, this.#lent);
    return pass.cache.append(this, k, v, { window: reach < Infinity ? reach : undefined, shared: this.#lent > 0 });
  }

  #remembered(x: Tensor, memory: Tensor, pass: Pass): KeysAndValues {
    expectSequence("MultiHeadAttention", "memory", memory);
    if (memory.shape[0] !== x.shape[0])
      throw new ShapeError(
        `MultiHeadAttention: memory ${memory.describe()} and x ${x.describe()} differ in batch size`,
      );
    const compute = () => this.#inHeads(together(memory, this.#sources), pass);
    return pass.cache ? pass.cache.remember(this, memory, compute) : compute();
  }
}

type Position = PositionalEncoding | undefined;

const turned = (position: Position, x: Tensor<HeadShape>, pass: Pass): Tensor<HeadShape> =>
  // Cross attention has no positions: those of two texts are not comparable.
  position && !pass.memory ? position.forward(x, pass) : x;
