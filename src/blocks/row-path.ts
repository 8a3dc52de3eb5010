import type { HeadShape, Tensor } from "../tensor";
import { RowSteps, type RowValue, type Turning } from "../tensor/internal";
import type { MultiHeadAttention } from "./attention";
import { attend, type BlockParts, feed, type SequenceLayer } from "./block";
import { DecoderBlock } from "./decoder-block";
import { LayerNorm, type Norm } from "./norm";
import type { Pass, Sequence } from "./pass";
import { PositionalEncoding } from "./position";
import { isOnlyAttention } from "./row-attention";
import { LinkedStages } from "./row-chain";
import { areNorms, canSplit, eachPart, isOfSteps, isPlain, type StepFeedForward, type StepNorm } from "./row-parts";

/** The pass of a model, and that of its self-attention. */
interface Passes {
  readonly pass: Pass;
  readonly own: Pass;
}

/** What turns queries and keys: a position, and the shape of queries. */
interface Turn {
  readonly position: PositionalEncoding;
  readonly shape: HeadShape;
}

/** Steps, and what makes the inputs of the next steps of their results. */
interface Stage {
  readonly steps: RowSteps;
  readonly turn: Turn | undefined;
  /** The layer of which `next` is the attention and nothing else. */
  readonly attention: MultiHeadAttention | undefined;
  readonly next: (results: readonly Tensor<Sequence>[], passes: Passes) => readonly Tensor<Sequence>[];
}

/** The two norms of a sublayer. */
interface Norms {
  readonly norm: Norm;
  readonly outputNorm: Norm | undefined;
}

/** The way of one row through the blocks of a model, found once and used for each token. */
export class RowPath {
  readonly #stages: Stage[] = [];
  /** For each stage, those that run with it. */
  readonly #linked: readonly (LinkedStages | undefined)[];
  readonly #size: number;
  readonly #parts: unknown[] = [];
  /** While it is built: the steps that nothing has ended yet, and what has become of the row. */
  #steps: RowSteps;
  #x: RowValue = 0;

  constructor(blocks: readonly SequenceLayer[], size: number) {
    this.#size = size;
    eachPart(blocks, (part) => this.#parts.push(part));
    this.#steps = new RowSteps([size]);
    for (const block of blocks) this.#through(block);
    this.#end([this.#x], ([x]) => [x!]);
    this.#linked = linked(this.#stages);
  }

  /** Whether it is for a row of this size, and the blocks still consist of the same parts. */
  fits(blocks: readonly SequenceLayer[], size: number): boolean {
    let count = 0;
    let isSame = size === this.#size;
    eachPart(blocks, (part) => {
      isSame &&= part === this.#parts[count];
      count++;
    });
    return isSame && count === this.#parts.length;
  }

  run(x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
    const passes = { pass, own: { ...pass, memory: undefined, causal: pass.causal ?? true } };
    const known = new Map<PositionalEncoding, Turning | undefined>();
    const turnings = this.#stages.map(({ turn }) => turn && turningOf(turn, pass, known));
    let values: readonly Tensor<Sequence>[] = [x];
    for (let at = 0; at < this.#stages.length; at++) {
      const progress = this.#linked[at]?.run(at, values, turnings, passes.own);
      if (progress) ({ at, values } = progress);
      const { steps, next } = this.#stages[at]!;
      values = next(progress?.isBehind ? values : steps.run(values, turnings[at]), passes);
    }
    return values[0]!;
  }

  #through(block: SequenceLayer): void {
    if (!isPlain(block, DecoderBlock) || block.crossAttention !== undefined || block.residual.scale !== 1) {
      this.#call((x, { pass }) => block.forward(x, pass));
      return;
    }
    const { attention, feedForward } = block;
    const first = { norm: block.attentionNorm, outputNorm: block.attentionOutputNorm };
    if (canSplit(attention) && areNorms(first.norm, first.outputNorm)) this.#attend(block, first, attention);
    else this.#call((x, { pass, own }) => attend(block, x, pass, own.causal));
    const second = { norm: block.feedForwardNorm, outputNorm: block.feedForwardOutputNorm };
    if (isOfSteps(feedForward) && areNorms(second.norm, second.outputNorm)) this.#feed(block, second, feedForward);
    else this.#call((x, { pass }) => feed(block, x, pass));
  }

  /** Something that is not made of steps. */
  #call(call: (x: Tensor<Sequence>, passes: Passes) => Tensor<Sequence>): void {
    this.#end([this.#x], ([x], passes) => [call(x!, passes)]);
    this.#begin([this.#size]);
  }

  #end(results: readonly RowValue[], next: Stage["next"], turn?: Turn, attention?: MultiHeadAttention): void {
    this.#stages.push({ steps: this.#steps.end(...results), turn, attention, next });
  }

  #begin(sizes: readonly number[]): void {
    this.#steps = new RowSteps(sizes);
    this.#x = 0;
  }

  #attend(block: BlockParts, norms: Norms, attention: MultiHeadAttention): void {
    const read = this.#read(block, norms);
    const projected = this.#steps.linears(read, attention.projections({}));
    const turn = turnOf(attention);
    const results = turn ? this.#turned(attention, turn, projected) : projected;
    const isTurned = turn !== undefined || attention.position === undefined;
    const base = block.residual.norm === "input" ? read : this.#x;
    const next: Stage["next"] = ([x, ...all], { own }) => [x!, attention.between(x!, all, own, isTurned)];
    this.#end([base, ...results], next, turn, isTurned && isOnlyAttention(attention) ? attention : undefined);
    this.#begin([this.#size, attention.heads * attention.headDim]);
    const [y] = this.#steps.linears(1, [attention.output]);
    this.#x = this.#sum(block, norms, 0, y!);
  }

  #turned({ keyValueHeads }: MultiHeadAttention, turn: Turn, [query, key, ...value]: readonly RowValue[]): RowValue[] {
    const { spec } = turn.position.turning(turn.shape, { positions: [0] })!;
    const q = this.#steps.rotary(query!, spec);
    return [q, this.#steps.rotary(key!, { ...spec, heads: keyValueHeads }), ...value];
  }

  #feed(block: BlockParts, norms: Norms, layer: StepFeedForward): void {
    const { up, gate, activation, hiddenNorm, down } = layer;
    const steps = this.#steps;
    const read = this.#read(block, norms);
    const [wide, gating] = steps.linears(read, gate ? [up, gate] : [up]);
    const inner = gating === undefined ? steps.unary(wide!, activation) : steps.unary(gating, activation, wide);
    const [y] = steps.linears(hiddenNorm ? normed(steps, hiddenNorm, inner) : inner, [down]);
    this.#x = this.#sum(block, norms, block.residual.norm === "input" ? read : this.#x, y!);
  }

  /** What a sublayer reads. */
  #read({ residual }: BlockParts, { norm }: Norms): RowValue {
    return residual.norm === "post" || residual.norm === "output" ? this.#x : normed(this.#steps, norm, this.#x);
  }

  /** What comes behind a sublayer whose output is y. */
  #sum({ residual }: BlockParts, { norm, outputNorm }: Norms, base: RowValue, y: RowValue): RowValue {
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

/** As many stages together as have only attention between them, each its own: a cache says which one runs twice. */
function linked(stages: readonly Stage[]): (LinkedStages | undefined)[] {
  const found: (LinkedStages | undefined)[] = [];
  const attends = (at: number, first: number): boolean => {
    const { attention, steps } = stages[at]!;
    if (!attention || !steps.program || !stages[at + 1]!.steps.program) return false;
    return stages.slice(first, at).every((stage) => stage.attention !== attention);
  };
  while (found.length < stages.length) {
    const first = found.length;
    let end = first;
    while (attends(end, first)) end++;
    const together = end > first ? new LinkedStages(first, stages.slice(first, end + 1)) : undefined;
    for (let at = first; at <= end; at++) found.push(together);
  }
  return found;
}

/** All layers of a position turn by the same angles. */
function turningOf({ position, shape }: Turn, pass: Pass, known: Map<PositionalEncoding, Turning | undefined>) {
  if (!known.has(position)) known.set(position, position.turning(shape, pass));
  return known.get(position);
}

/** Undefined if heads are not turned, something comes before that, or values are keys that are not turned. */
function turnOf({ heads, headDim, queries, keys, key, value, position }: MultiHeadAttention): Turn | undefined {
  if (position === undefined || queries || keys || value === key || !isPlain(position, PositionalEncoding))
    return undefined;
  const shape: HeadShape = [1, 1, heads, headDim];
  return position.turning(shape, { positions: [0] }) && { position, shape };
}

/** A norm that `areNorms` has found. */
function normed(steps: RowSteps, norm: Norm, x: RowValue): RowValue {
  const { weight, epsilon } = norm as StepNorm;
  const kind = norm instanceof LayerNorm ? "layerNorm" : "rmsNorm";
  const bias = norm instanceof LayerNorm ? norm.bias : undefined;
  return steps.norm(x, kind, { weight, bias, epsilon });
}
