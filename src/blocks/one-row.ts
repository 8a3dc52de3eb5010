import type { Unary } from "../kernels";
import { add, type Parameter, type Tensor } from "../tensor";
import { canStep, RowSteps, type RowValue } from "../tensor/internal";
import { MultiHeadAttention } from "./attention";
import { attend, type BlockParts, feed, type SequenceLayer } from "./block";
import { DecoderBlock } from "./decoder-block";
import { FeedForward } from "./feed-forward";
import { Linear } from "./linear";
import { LayerNorm, type Norm, RMSNorm } from "./norm";
import type { Pass, Sequence } from "./pass";
import { PositionalEncoding } from "./position";
import type { SublayerNorms } from "./residual";

/**
 * The blocks of a model in turn. In a decoding step of one row whose inner values nobody sees, what comes between one
 * attention and the next is computed in one call.
 */
export function throughBlocks(blocks: readonly SequenceLayer[], x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
  const isStep = x.size === x.shape[2] && pass.cache && !pass.tap && !pass.rng && !pass.lengths && canStep();
  if (!isStep) return blocks.reduce((y, block) => block.forward(y, pass), x);
  const row = new OneRow(x, pass);
  for (const block of blocks) row.through(block);
  return row.value;
}

/** The own class of a module whose `forward` is that of the class. */
const isPlain = <M extends { forward: unknown }>(
  module: unknown,
  type: abstract new (...args: never[]) => M,
): module is M => module instanceof type && module.forward === type.prototype.forward;

type PlainNorm = (LayerNorm | RMSNorm) & { readonly weight: Parameter };

const isNorm = (norm: Norm): norm is PlainNorm =>
  (isPlain(norm, LayerNorm) || isPlain(norm, RMSNorm)) && norm.weight !== undefined;

const areNorms = (...norms: readonly (Norm | undefined)[]): boolean =>
  norms.every((norm) => norm === undefined || isNorm(norm));

const areLinear = (...layers: readonly (Linear | undefined)[]): boolean =>
  layers.every((layer) => layer === undefined || isPlain(layer, Linear));

/** Whether what comes before and after the attention itself is steps of one row. */
const canSplit = (layer: SequenceLayer): layer is MultiHeadAttention =>
  isPlain(layer, MultiHeadAttention) &&
  !layer.gate &&
  !layer.sharesKeys &&
  areLinear(layer.query, layer.key, layer.value, layer.output);

const isOfSteps = (layer: SequenceLayer): layer is FeedForward & { readonly activation: Unary } =>
  isPlain(layer, FeedForward) &&
  typeof layer.activation === "string" &&
  areNorms(layer.hiddenNorm) &&
  areLinear(layer.up, layer.gate, layer.down);

/** A norm that `areNorms` has found. */
function normed(steps: RowSteps, norm: Norm, x: RowValue): RowValue {
  const { weight, offset, epsilon } = norm as PlainNorm;
  const kind = norm instanceof LayerNorm ? "layerNorm" : "rmsNorm";
  const bias = norm instanceof LayerNorm ? norm.bias : undefined;
  return steps.norm(x, kind, { weight: offset === 0 ? weight : add(weight, offset), bias, epsilon });
}

/** A row on its way through blocks: its numbers are a result of steps that have not run yet. */
class OneRow {
  readonly #pass: Pass;
  readonly #own: Pass;
  #steps: RowSteps;
  #x: RowValue = 0;

  constructor(x: Tensor<Sequence>, pass: Pass) {
    this.#pass = pass;
    this.#own = { ...pass, memory: undefined, causal: pass.causal ?? true };
    this.#steps = new RowSteps(x);
  }

  /** Its numbers. */
  get value(): Tensor<Sequence> {
    const [x] = this.#steps.run(this.#x);
    this.#goOn(x!);
    return x!;
  }

  through(block: SequenceLayer): void {
    if (!isPlain(block, DecoderBlock) || block.crossAttention !== undefined || block.residual.scale !== 1)
      return this.#goOn(block.forward(this.value, this.#pass));
    const { attention, feedForward } = block;
    if (canSplit(attention) && areNorms(block.attentionNorm, block.attentionOutputNorm)) this.#attend(block, attention);
    else this.#goOn(attend(block, this.value, this.#pass, this.#own.causal));
    if (isOfSteps(feedForward) && areNorms(block.feedForwardNorm, block.feedForwardOutputNorm))
      this.#feed(block, feedForward);
    else this.#goOn(feed(block, this.value, this.#pass));
  }

  #goOn(x: Tensor<Sequence>, ...others: readonly Tensor[]): void {
    this.#steps = new RowSteps(x, ...others);
    this.#x = 0;
  }

  #attend(block: BlockParts, attention: MultiHeadAttention): void {
    const steps = this.#steps;
    const norms = { norm: block.attentionNorm, outputNorm: block.attentionOutputNorm };
    const read = this.#read(block, norms);
    const projections = steps.linears(read, attention.projections(this.#own));
    const turned = this.#turned(attention, projections);
    const base = block.residual.norm === "input" ? read : this.#x;
    const [x, ...projected] = steps.run(base, ...(turned ?? projections));
    const context = attention.between(x!, projected, this.#own, turned !== undefined);
    this.#goOn(x!, context);
    const [y] = this.#steps.linears(1, [attention.output]);
    this.#x = this.#sum(block, norms, 0, y!);
  }

  #feed(block: BlockParts, layer: FeedForward & { readonly activation: Unary }): void {
    const { up, gate, activation, hiddenNorm, down } = layer;
    const steps = this.#steps;
    const norms = { norm: block.feedForwardNorm, outputNorm: block.feedForwardOutputNorm };
    const read = this.#read(block, norms);
    const [wide, gating] = steps.linears(read, gate ? [up, gate] : [up]);
    const inner = gating === undefined ? steps.unary(wide!, activation) : steps.unary(gating, activation, wide);
    const [y] = steps.linears(hiddenNorm ? normed(steps, hiddenNorm, inner) : inner, [down]);
    this.#x = this.#sum(block, norms, block.residual.norm === "input" ? read : this.#x, y!);
  }

  /** Queries and keys rotated, with the values; undefined if something comes before the rotation. */
  #turned({ heads, keyValueHeads, headDim, queries, keys, position }: MultiHeadAttention, all: readonly RowValue[]) {
    if (position === undefined) return all;
    if (queries || keys || !isPlain(position, PositionalEncoding)) return undefined;
    const turn = (x: RowValue, count: number) => {
      const turning = position.turning([1, 1, count, headDim], this.#own);
      return turning ? this.#steps.rotary(x, turning) : x;
    };
    const [query, key, ...value] = all;
    return [turn(query!, heads), turn(key!, keyValueHeads), ...value];
  }

  /** What a sublayer reads. */
  #read({ residual }: BlockParts, { norm }: SublayerNorms): RowValue {
    return residual.norm === "post" || residual.norm === "output" ? this.#x : normed(this.#steps, norm, this.#x);
  }

  /** What comes behind a sublayer, whose output is y. */
  #sum({ residual }: BlockParts, { norm, outputNorm }: SublayerNorms, base: RowValue, y: RowValue): RowValue {
    const steps = this.#steps;
    switch (residual.norm) {
      case "post":
        return normed(steps, norm, steps.add(base, y));
      case "sandwich":
        return steps.add(base, normed(steps, outputNorm!, y));
      case "output":
        return steps.add(base, normed(steps, norm, y));
      default:
        return steps.add(base, y);
    }
  }
}
