import { arrayOf, type Check, type Checks, checkOptions, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import type { ResizedShape } from "../layout-types";
import { type AxisOptions, axesCheck, axesOf, axisIndex, show } from "../shape";
import type { Axes, Settled, Shape, SliceShape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { readView, type Stretch, sliced, stepsOf } from "./view";

/** Options of `slice`. */
export interface SliceOptions<Axis extends number = number> {
  axis: Axis;
  start?: number | undefined;
  end?: number | undefined;
  /** From one element to the next: 1 if omitted. Negative steps go backwards, from the last element if `start` is omitted. */
  step?: number | undefined;
}
const isPlace = /* @__PURE__ */ wholeIn();
const isStep: Check = (where, name, value) => {
  isPlace(where, name, value);
  if (value === 0) throw new RangeError(`${where}: ${name} must not be 0`);
};
const sliceChecks: Checks<SliceOptions> = { axis: isPlace, start: isPlace, end: isPlace, step: isStep };

/**
 * The elements from `start` (inclusive) to `end` (exclusive) along one axis, or every `step`-th of them. Negative indices
 * count from the end.
 *
 * @throws RangeError if `start` or `end` is beyond the axis
 * @example
 * ```ts
 * import { slice, tensor } from "transformer-blocks";
 * slice(tensor([1, 2, 3, 4, 5]), { axis: 0, start: 1, end: -1 }).toArray(); // [2, 3, 4]
 * slice(tensor([1, 2, 3, 4, 5]), { axis: 0, step: -2 }).toArray();          // [5, 3, 1]
 * ```
 */
export function slice<const S extends Shape, const Axis extends number, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options: SliceOptions<Axis>,
): Tensor<Settled<SliceShape<S, Axis>, Wanted>>;
export function slice(x: Tensor, options: SliceOptions): Tensor {
  expectTensor("slice", "x", x);
  checkOptions("slice", options, sliceChecks, ["axis"]);
  const index = axisIndex("slice", x.shape, options.axis);
  return sliced(x, index, stretchOf(x.shape, index, options));
}

function stretchOf(shape: Shape, index: number, { axis, start, end, step = 1 }: SliceOptions): Stretch {
  const size = shape[index]!;
  const place = (value: number) => (value < 0 ? value + size : value);
  // Backwards, the end may be the place before the first element.
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const from = start === undefined ? (step > 0 ? lowest : highest) : place(start);
  const to = end === undefined ? (step > 0 ? highest : lowest) : place(end);
  const distance = step > 0 ? to - from : from - to;
  if (distance < 0 || Math.min(from, to) < lowest || Math.max(from, to) > highest)
    throw new RangeError(
      `slice: ${start ?? from} to ${end ?? to}${step > 0 ? "" : ", backwards,"} is not inside axis ${axis} of ${show(shape)}`,
    );
  return { start: from, length: Math.ceil(distance / Math.abs(step)), step };
}

/** Options of `split`. */
export interface SplitOptions<Axis extends number = number, Sizes extends readonly number[] = readonly number[]> {
  axis: Axis;
  /** The size of each part; the last has what is left. */
  size?: number | undefined;
  /** The sizes of the parts, in order; their sum is the size of the axis. */
  sizes?: Sizes | undefined;
}
const isSize = /* @__PURE__ */ wholeIn({ least: 0 });
const isPositive = /* @__PURE__ */ wholeIn({ least: 1 });
const splitChecks: Checks<SplitOptions> = /* @__PURE__ */ knownAs(
  { options: ["size splitSize", "sizes splitSizes sections indicesOrSections"] },
  { axis: isPlace, size: isPositive, sizes: /* @__PURE__ */ arrayOf(isSize) },
);

/**
 * x cut along an axis into parts: of one size, where the last has what is left, or of the given sizes.
 *
 * @throws TypeError unless either `size` or `sizes` is given; ShapeError if the sum of the sizes is not that of the axis
 * @example
 * ```ts
 * import { split, tensor } from "transformer-blocks";
 * const [first, rest] = split(tensor([1, 2, 3]), { sizes: [1, 2], axis: 0 });
 * rest.toArray(); // [2, 3]
 * ```
 */
export function split<const S extends Shape, const Axis extends number, const Sizes extends readonly number[]>(
  x: Tensor<S>,
  options: { axis: Axis; sizes: Sizes },
): { -readonly [I in keyof Sizes]: Tensor<ResizedShape<S, Axis, Sizes[I]>> };
export function split<const S extends Shape, const Axis extends number>(
  x: Tensor<S>,
  options: SplitOptions<Axis>,
): Tensor<SliceShape<S, Axis>>[];
export function split(x: Tensor, options: SplitOptions): Tensor[] {
  expectTensor("split", "x", x);
  checkOptions("split", options, splitChecks, ["axis"]);
  const { size, sizes } = options;
  if ((size === undefined) === (sizes === undefined))
    throw new TypeError("split: either size or sizes must be given: one size of all parts, or the size of each");
  const index = axisIndex("split", x.shape, options.axis);
  if (sizes === undefined) return parts(x, index, evenly(x.shape[index]!, size!));
  const total = sizes.reduce((sum, each) => sum + each, 0);
  if (total !== x.shape[index])
    throw new ShapeError(
      `split: the sum of sizes ${show(sizes)} is ${total}, but axis ${options.axis} of ${show(x.shape)} has size ${x.shape[index]}`,
    );
  return parts(x, index, sizes);
}

/** Equal sizes, except for the last. An empty axis is one part. */
function evenly(total: number, size: number): number[] {
  const count = Math.max(1, Math.ceil(total / size));
  return Array.from({ length: count }, (_, i) => Math.min(size, total - i * size));
}

function parts(x: Tensor, index: number, sizes: readonly number[]): Tensor[] {
  let end = 0;
  return sizes.map((length) => {
    end += length;
    return sliced(x, index, { start: end - length, length, step: 1 });
  });
}

/** Options of `chunk`. */
export interface ChunkOptions<Axis extends number = number> {
  axis: Axis;
  /** How many parts at most. */
  chunks: number;
}
const chunkChecks: Checks<ChunkOptions> = /* @__PURE__ */ knownAs(
  { options: ["chunks parts count numChunks"] },
  { axis: isPlace, chunks: isPositive },
);

/**
 * x cut along an axis into at most `chunks` parts of size ⌈size / chunks⌉; the last has what is left. There may be fewer
 * parts, as in PyTorch.
 *
 * @throws RangeError for an axis that x does not have
 * @example
 * ```ts
 * import { chunk, tensor } from "transformer-blocks";
 * chunk(tensor([1, 2, 3, 4, 5]), { chunks: 3, axis: 0 }).map((part) => part.toArray()); // [[1, 2], [3, 4], [5]]
 * ```
 */
export function chunk<const S extends Shape, const Axis extends number>(
  x: Tensor<S>,
  options: ChunkOptions<Axis>,
): Tensor<SliceShape<S, Axis>>[];
export function chunk(x: Tensor, options: ChunkOptions): Tensor[] {
  expectTensor("chunk", "x", x);
  checkOptions("chunk", options, chunkChecks, ["axis", "chunks"]);
  const index = axisIndex("chunk", x.shape, options.axis);
  const size = x.shape[index]!;
  return parts(x, index, evenly(size, Math.max(1, Math.ceil(size / options.chunks))));
}

const flipChecks: Checks<Pick<AxisOptions, "axis">> = { axis: axesCheck };

/**
 * The elements in reverse order, along one axis or several; along all if omitted.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 * @example
 * ```ts
 * import { flip, tensor } from "transformer-blocks";
 * flip(tensor([[1, 2], [3, 4]]), { axis: 1 }).toArray(); // [[2, 1], [4, 3]]
 * ```
 */
export function flip<S extends Shape>(x: Tensor<S>, options: { axis?: Axes } = {}): Tensor<S> {
  expectTensor("flip", "x", x);
  checkOptions("flip", options, flipChecks);
  const axes = axesOf("flip", x.shape, options.axis);
  const steps = stepsOf(x.shape);
  let start = 0;
  // What has no elements has no last one.
  for (const axis of x.size === 0 ? [] : axes) {
    start += (x.shape[axis]! - 1) * steps[axis]!;
    steps[axis] = -steps[axis]!;
  }
  return readView(x, { shape: x.shape, start, steps }) as Tensor<S>;
}
