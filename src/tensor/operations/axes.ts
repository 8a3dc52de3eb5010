import {
  arrayOf,
  type Check,
  type Checks,
  checkOptions,
  expectBoolean,
  refuseMore,
  wholeIn,
  wrongKind,
} from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import type { ExpandShape, RepeatShape, SqueezeShape, UnsqueezeShape } from "../layout-types";
import {
  type AlongOptions,
  axesCheck,
  axesOf,
  axisCheck,
  axisIndex,
  broadcastSteps,
  checkShape,
  checkSize,
  show,
} from "../shape";
import type { Axes, Check as Fits, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { reshape } from "./layout";
import { readView, stepsOf } from "./view";

/**
 * x repeated to a wider shape, as broadcasting does it: axes of size 1 are repeated, and new axes come first. −1 keeps a
 * size.
 *
 * @throws ShapeError if x does not broadcast to the shape
 * @example
 * ```ts
 * import { expand, tensor } from "transformer-blocks";
 * expand(tensor([[1], [2]]), [-1, 3]).toArray(); // [[1, 1, 1], [2, 2, 2]]
 * ```
 */
export function expand<const S extends Shape, const To extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  shape: To & Fits<ExpandShape<S, To>, "expand: x does not broadcast to the shape">,
): Tensor<Settled<ExpandShape<S, To>, Wanted>>;
export function expand(x: Tensor, shape: Shape, ...more: unknown[]): Tensor {
  refuseMore("expand", more);
  expectTensor("expand", "x", x);
  const own = (place: number) => x.shape[place + x.rank - shape.length];
  const wider = Array.isArray(shape) ? shape.map((size, place) => (size === -1 ? (own(place) ?? size) : size)) : shape;
  checkShape("expand", wider);
  const steps = broadcastSteps(x.shape, wider);
  if (steps === undefined)
    throw new ShapeError(
      `expand: ${show(x.shape)} does not broadcast to ${show(shape)}: only axes of size 1 are repeated`,
    );
  return readView(x, { shape: wider, start: 0, steps });
}

/** Options of `squeeze`. */
export interface SqueezeOptions<Axis extends Axes = Axes> {
  /** One axis or several, of size 1; all such axes if omitted. */
  axis?: Axis | undefined;
}
const squeezeChecks: Checks<SqueezeOptions> = { axis: axesCheck };

/**
 * x without its axes of size 1: without one, several, or all of them.
 *
 * @throws ShapeError if a named axis has another size
 * @example
 * ```ts
 * import { squeeze, zeros } from "transformer-blocks";
 * squeeze(zeros([1, 2, 1])).shape;              // [2]
 * squeeze(zeros([1, 2, 1]), { axis: 0 }).shape; // [2, 1]
 * ```
 */
export function squeeze<const S extends Shape, const Axis extends Axes = undefined, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options?: SqueezeOptions<Axis>,
): Tensor<Settled<SqueezeShape<S, Axis>, Wanted>>;
export function squeeze(x: Tensor, options: SqueezeOptions = {}): Tensor {
  expectTensor("squeeze", "x", x);
  checkOptions("squeeze", options, squeezeChecks);
  const { axis } = options;
  const axes = axesOf("squeeze", x.shape, axis);
  const wrong = axis === undefined ? undefined : axes.find((each) => x.shape[each] !== 1);
  if (wrong !== undefined)
    throw new ShapeError(`squeeze: axis ${wrong} of ${show(x.shape)} has size ${x.shape[wrong]}, not 1`);
  return reshape(
    x,
    x.shape.filter((size, each) => size !== 1 || !axes.includes(each)),
  );
}

/**
 * x with a new axis of size 1, at place `axis` of the result.
 *
 * @throws RangeError for an axis that the result does not have
 * @example
 * ```ts
 * import { unsqueeze, zeros } from "transformer-blocks";
 * unsqueeze(zeros([2, 3]), { axis: 1 }).shape;  // [2, 1, 3]
 * unsqueeze(zeros([2, 3]), { axis: -1 }).shape; // [2, 3, 1]
 * ```
 */
export function unsqueeze<const S extends Shape, const Axis extends number, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options: AlongOptions<Axis>,
): Tensor<Settled<UnsqueezeShape<S, Axis>, Wanted>>;
export function unsqueeze(x: Tensor, options: AlongOptions): Tensor {
  expectTensor("unsqueeze", "x", x);
  checkOptions("unsqueeze", options, axisCheck, ["axis"]);
  const axis = axisIndex("unsqueeze", [1, ...x.shape], options.axis);
  return reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
}

/** Options of `repeat`. */
export interface RepeatOptions<Times extends number | readonly number[] = number | readonly number[]> {
  /** How often: one number, along `axis`; or a number for each of the last axes. More numbers than axes make new axes in front. */
  times: Times;
  /** The axis of a single number; the last if omitted. */
  axis?: number | undefined;
  /** Repeats each element in its place, [1, 1, 2, 2], instead of the whole, [1, 2, 1, 2]; false if omitted. */
  each?: boolean | undefined;
}
const isCount = /* @__PURE__ */ wholeIn({ least: 0 });
const isLength = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 16 });
const areCounts = /* @__PURE__ */ arrayOf(isCount, "a whole number or an array of them");
const isTimes: Check = (where, name, value) =>
  typeof value === "number" ? isCount(where, name, value) : areCounts(where, name, value);
const repeatChecks: Checks<RepeatOptions> = /* @__PURE__ */ knownAs(
  { options: ["times repeats reps sizes", "each interleave"] },
  { ...axisCheck, times: isTimes, each: expectBoolean },
);

/**
 * x repeated, one copy after the other, along one axis or several; or each of its elements repeated. Of a number and a
 * function, [f(0), …, f(count − 1)], such as the blocks of a model.
 *
 * @throws TypeError if both an axis and a list of numbers are given
 * @example
 * ```ts
 * import { repeat, tensor } from "transformer-blocks";
 * repeat(tensor([1, 2]), { times: 2 }).toArray();             // [1, 2, 1, 2]
 * repeat(tensor([1, 2]), { times: 2, each: true }).toArray(); // [1, 1, 2, 2]
 * repeat(tensor([1, 2]), { times: [2, 1] }).toArray();        // [[1, 2], [1, 2]]
 * repeat(3, (layer) => 10 * layer);                           // [0, 10, 20]
 * ```
 */
export function repeat<
  const S extends Shape,
  const Times extends number | readonly number[],
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options: RepeatOptions<Times>): Tensor<Settled<RepeatShape<S, Times>, Wanted>>;
export function repeat<Part>(count: number, make: (index: number) => Part): Part[];
export function repeat<Part>(x: Tensor | number, options: RepeatOptions | ((index: number) => Part)): Tensor | Part[] {
  return typeof x === "number" ? listOf(x, options) : repeatTensor(x, options as RepeatOptions);
}

function listOf<Part>(count: number, make: RepeatOptions | ((index: number) => Part)): Part[] {
  if (typeof make !== "function") throw wrongKind("repeat", "make", "a function, because the count is a number", make);
  isLength("repeat", "count", count);
  return Array.from({ length: count }, (_, index) => make(index));
}

function repeatTensor(x: Tensor, options: RepeatOptions): Tensor {
  expectTensor("repeat", "x", x);
  checkOptions("repeat", options, repeatChecks, ["times"]);
  const { each = false } = options;
  const times = timesOf(x.shape, options);
  const rank = Math.max(x.rank, times.length);
  const own = [...new Array<number>(rank - x.rank).fill(1), ...x.shape];
  const often = [...new Array<number>(rank - times.length).fill(1), ...times];
  const shape = own.map((size, axis) => size * often[axis]!);
  checkSize("repeat", shape);
  const pairs = <Part>(first: readonly Part[], second: readonly Part[]) =>
    first.flatMap((part, axis) => (each ? [second[axis]!, part] : [part, second[axis]!]));
  const view = {
    shape: pairs(often, own),
    start: 0,
    steps: pairs(
      own.map(() => 0),
      stepsOf(own),
    ),
  };
  return readView(x, view, shape);
}

function timesOf(shape: Shape, { times, axis }: RepeatOptions): readonly number[] {
  if (typeof times !== "number") {
    if (axis !== undefined)
      throw new TypeError(
        "repeat: axis goes with a single number of times; a list has a number for each axis: leave axis out",
      );
    return times;
  }
  if (axis === undefined) return [times];
  return new Array<number>(shape.length).fill(1).with(axisIndex("repeat", shape, axis), times);
}
