import { type Checks, checkOptions, wrongKind } from "../checks";
import {
  add,
  embedding,
  type HeadShape,
  type Initial,
  multiply,
  Parameter,
  type RankedTensor,
  reshape,
  ShapeError,
  slice,
  stack,
  subtract,
  Tensor,
} from "../tensor";
import { size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, positionsOf } from "./pass";

/** The sizes of a `RotationTable`. */
export interface RotationTableConfig {
  /** An even number. */
  headDim: number;
  contextLength: number;
}

const checks: Checks<RotationTableConfig> = { headDim: size, contextLength: size };

/**
 * Rotary positions whose sines and cosines are read from a table that is stored with the model, as RoFormer's: neighbours
 * x₂ᵢ, x₂ᵢ₊₁ of [batch, seq, heads, headDim] at position m turn by the angle m · 10000^(−2i / headDim).
 *
 * @throws RangeError for an odd headDim
 * @see Su et al. 2021, RoFormer (arXiv 2104.09864), section 3.4
 */
export class RotationTable extends Module {
  /** The sines of each position, then its cosines: [contextLength, headDim]. */
  readonly weight: Parameter;

  constructor(config: RotationTableConfig) {
    super();
    checkOptions("RotationTable", config, checks, ["headDim", "contextLength"]);
    const { headDim, contextLength } = config;
    if (headDim % 2 !== 0) throw new RangeError(`RotationTable: headDim must be even, not ${headDim}`);
    this.weight = new Parameter([contextLength, headDim], sinusoids);
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, heads, headDim] → the same shape. */
  forward(x: Tensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass: Pass = {}): Tensor<HeadShape> {
    const headDim = this.weight.shape[1]!;
    if (!(x instanceof Tensor)) throw wrongKind("RotationTable", "x", "a Tensor", x);
    if (x.rank !== 4 || x.shape[3] !== headDim)
      throw new ShapeError(`RotationTable: x ${x.describe()} must be [batch, seq, heads, ${headDim}]`);
    checkPass("RotationTable", pass);
    const [batch, seq, heads] = x.shape;
    const positions = positionsOf(pass, seq);
    const rows = embedding(positions as readonly (readonly number[])[], this.weight);
    if (rows.shape.at(-2) !== seq)
      throw new ShapeError(`RotationTable: there are ${rows.shape.at(-2)} positions for ${seq} tokens`);
    const table = reshape(rows, [rows.rank === 3 ? rows.shape[0]! : 1, seq, 1, headDim]);
    const half = headDim / 2;
    const [sin, cos] = [slice(table, { axis: 3, end: half }), slice(table, { axis: 3, start: half })];
    const pairs = reshape(x, [batch, seq, heads, half, 2]);
    const member = (i: number) =>
      reshape(slice(pairs, { axis: 4, start: i, end: i + 1 }), [batch, seq, heads, half]) as Tensor;
    const [first, second] = [member(0), member(1)];
    const turned = [
      subtract(multiply(first, cos), multiply(second, sin)),
      add(multiply(second, cos), multiply(first, sin)),
    ];
    return reshape(stack(turned, { axis: 4 }), x.shape);
  }
}

/** The values that the table starts from. */
const sinusoids: Initial = (_, [positions = 0, headDim = 0]) => {
  const half = headDim / 2;
  return Float32Array.from({ length: positions * headDim }, (_, i) => {
    const [position, place] = [Math.floor(i / headDim), i % headDim];
    const angle = position / 10_000 ** ((2 * (place % half)) / headDim);
    return place < half ? Math.sin(angle) : Math.cos(angle);
  });
};
