import {
  type Checks,
  checkOptions,
  expectBoolean,
  instanceOf,
  numberIn,
  unchecked,
  wholeIn,
  wrongKind,
} from "../../checks";
import { isOtherList } from "../../describe";
import { ShapeError } from "../../errors";
import { kernels, type RotarySpec } from "../../kernels";
import { knownAs } from "../../synonyms";
import { result } from "../record";
import { show } from "../shape";
import type { Shape } from "../shape-types";
import type { Operations } from "../steps";
import { expectTensor, type RankedTensor, type Tensor } from "../tensor";

/** [batch, seq, heads, headDim] */
export type HeadShape = readonly [batch: number, seq: number, heads: number, headDim: number];

/** Options of `rotary`. */
export interface RotaryOptions {
  /** The position of each token, for all rows or [batch][seq]; 0, 1, 2, … if omitted. */
  positions?: readonly number[] | readonly (readonly number[])[] | undefined;
  /** The base of the frequencies, θ = base^(−2i / dimensions). */
  base?: number | undefined;
  /** One frequency per pair, in radians per position; computed from `base` if omitted. */
  frequencies?: Float32Array | undefined;
  /** Pairs are (2i, 2i + 1) instead of (i, i + dimensions / 2). */
  interleaved?: boolean | undefined;
  /** What the rotated dimensions are multiplied by; 1 if omitted. */
  scale?: number | undefined;
}

const isBase = /* @__PURE__ */ numberIn({ above: 0 });
const rotaryChecks: Checks<RotaryOptions> = /* @__PURE__ */ knownAs(
  { options: ["base theta ropeTheta", "positions positionIds"] },
  {
    positions: unchecked,
    base: isBase,
    frequencies: /* @__PURE__ */ instanceOf(Float32Array, "a Float32Array"),
    interleaved: expectBoolean,
    scale: /* @__PURE__ */ numberIn(),
  },
);

/**
 * Rotates each pair of a head's numbers by an angle proportional to the position, so that dot products of queries and
 * keys depend on their distance: (a, b) → (a cos mθᵢ − b sin mθᵢ, b cos mθᵢ + a sin mθᵢ) at position m.
 *
 * @throws ShapeError if x is not [batch, seq, heads, headDim] or the positions do not fit; TypeError if both a base and
 * frequencies are given
 * @see Su et al. 2021, RoFormer (arXiv 2104.09864), section 3.2
 * @example
 * ```ts
 * import { rotary, tensor } from "transformer-blocks";
 * const x = tensor([[[[1, 0]]]]); // [batch 1, seq 1, heads 1, headDim 2]
 * rotary(x, { positions: [1] }).toArray(); // [[[[0.5403023, 0.8414710]]]], cos 1 and sin 1
 * ```
 */
export function rotary<S extends HeadShape>(x: Tensor<S>, options?: RotaryOptions): Tensor<S>;
export function rotary(x: RankedTensor<HeadShape>, options?: RotaryOptions): Tensor<HeadShape>;
export function rotary(given: unknown, options: RotaryOptions = {}): Tensor<HeadShape> {
  expectTensor("rotary", "x", given);
  checkOptions("rotary", options, rotaryChecks);
  if (given.rank !== 4) throw new ShapeError(`rotary: ${show(given.shape)} is not [batch, seq, heads, headDim]`);
  const x = given as Tensor<HeadShape>;
  const { across, up, spec } = turning(x.shape, options);
  const [cosines, sines] = [kernels().upload(across), kernels().upload(up)];
  return rotated(x, { cosines, sines, spec, inverse: false });
}

/** The cosines and sines by which heads of a shape are turned. */
export function turning([batch, seq, heads, headDim]: HeadShape, options: RotaryOptions): Turning {
  if (options.frequencies !== undefined && options.base !== undefined)
    throw new TypeError("rotary: base has no effect with frequencies; give one of them");
  const frequencies = options.frequencies ?? rotaryFrequencies(headDim, options.base ?? 10_000);
  const dimensions = 2 * frequencies.length;
  if (dimensions > headDim)
    throw new ShapeError(
      `rotary: ${frequencies.length} frequencies need ${dimensions} dimensions, a head has ${headDim}`,
    );
  const positions = flatPositions(options.positions, batch, seq);
  const { across, up } = anglesOf(positions, frequencies, options.scale ?? 1);
  const spec = { rows: batch * seq, heads, headDim, dimensions, interleaved: options.interleaved ?? false };
  return { across, up, spec };
}

/** What turns heads: cosines and sines of each position and frequency. */
export interface Turning {
  across: Float32Array;
  up: Float32Array;
  spec: RotarySpec;
}

interface Angles {
  positions: readonly number[];
  frequencies: Float32Array;
  scale: number;
  across: Float32Array;
  up: Float32Array;
}

/** All layers of a model turn queries and keys by the same angles. */
let last: Angles | undefined;

/** The cosines and sines of each position and frequency, times the scale. @throws RangeError if an angle is not finite */
function anglesOf(positions: readonly number[], frequencies: Float32Array, scale: number): Angles {
  if (last?.scale === scale && isSame(last.positions, positions) && isSame(last.frequencies, frequencies)) return last;
  const across = new Float32Array(positions.length * frequencies.length);
  const up = new Float32Array(across.length);
  for (let i = 0; i < across.length; i++) {
    const position = positions[Math.floor(i / frequencies.length)]!;
    // Models were trained with angles rounded to float32.
    const angle = Math.fround(position * frequencies[i % frequencies.length]!);
    if (!Number.isFinite(angle))
      throw new RangeError(`rotary: the angle at position ${position} is not a finite float32 number`);
    across[i] = scale * Math.fround(Math.cos(angle));
    up[i] = scale * Math.fround(Math.sin(angle));
  }
  last = { positions: [...positions], frequencies: frequencies.slice(), scale, across, up };
  return last;
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Each pair rotated by its angle, or back: each is the gradient of the other. */
export function rotated<S extends Shape>(x: Tensor<S>, rotation: Operations["rotary"]["spec"]): Tensor<S> {
  const { cosines, sines, spec, inverse } = rotation;
  return result("rotary", [x], rotation, x.shape, kernels().rotary(x.buffer, cosines, sines, spec, inverse));
}

const isDimensions = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 24 });

/**
 * θᵢ = base^(−2i / dimensions) for i = 0 … dimensions / 2 − 1, with every step rounded to float32 as in PyTorch: at
 * position 100,000 a different last digit changes an angle by up to 0.006.
 *
 * @example
 * ```ts
 * import { rotaryFrequencies } from "transformer-blocks";
 * rotaryFrequencies(4, 10_000); // Float32Array [1, 0.01]
 * ```
 */
export function rotaryFrequencies(dimensions: number, base: number): Float32Array {
  isDimensions("rotaryFrequencies", "dimensions", dimensions);
  isBase("rotaryFrequencies", "base", base);
  if (dimensions % 2 !== 0)
    throw new RangeError(`rotaryFrequencies: ${dimensions} dimensions cannot be paired; use an even number`);
  return new Float32Array(dimensions / 2).map(
    (_, i) => 1 / Math.fround(Math.fround(base) ** Math.fround((2 * i) / dimensions)),
  );
}

function flatPositions(positions: RotaryOptions["positions"], batch: number, seq: number): number[] {
  const rows: unknown = positions === undefined ? Array.from({ length: seq }, (_, i) => i) : positions;
  if (!Array.isArray(rows)) throw wrongKind("rotary", "positions", "an array of numbers or of [batch][seq]", rows);
  const nested = rows.some((row) => Array.isArray(row) || isOtherList(row));
  if (nested && rows.length !== batch)
    throw new ShapeError(`rotary: positions of ${rows.length} rows do not fit a batch of ${batch}`);
  return Array.from({ length: batch }, (_, b) => checkedRow(nested ? rows[b] : rows, b, seq)).flat();
}

function checkedRow(row: unknown, b: number, seq: number): number[] {
  if (!Array.isArray(row)) throw wrongKind("rotary", `positions[${b}]`, "an array of numbers", row);
  if (row.length !== seq) throw new ShapeError(`rotary: row ${b} of positions does not hold ${seq} numbers`);
  for (let i = 0; i < seq; i++) isPosition("rotary", `row ${b} of positions, index ${i},`, row[i]);
  return row;
}

const isPosition = /* @__PURE__ */ numberIn();
