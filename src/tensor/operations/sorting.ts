import { type Checks, checkOptions, expectBoolean, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { type DeviceIndices, kernels } from "../../kernels";
import { extreme, order } from "../../kernels/internal";
import { knownAs } from "../../synonyms";
import { nest } from "../nest";
import { type AxisOptions, alongAxis, axisAlong, axisCheck, listShape, show, sizeOf } from "../shape";
import type { NestedArray, NestedIndices, ReducedShape, Settled, Shape, SliceShape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { flatPlaces, take } from "./take";

/** Numbers and the places along the axis that they came from, nested arrays of the shape of the numbers. */
export interface Sorted<S extends Shape = Shape> {
  values: Tensor<S>;
  indices: NestedIndices<S>;
}

/** Options of `topK`. */
export interface TopKOptions<K extends number = number, Axis extends number = number> {
  /** How many numbers are taken. */
  k: K;
  /** −1 if omitted. */
  axis?: Axis | undefined;
  /** Takes the greatest, in descending order; if false the smallest, in ascending order. True if omitted. */
  largest?: boolean | undefined;
}
const topKChecks: Checks<TopKOptions> = /* @__PURE__ */ knownAs(
  { advice: [["largest", "sorted", "they always come in order"]] },
  { ...axisCheck, k: /* @__PURE__ */ wholeIn({ least: 0 }), largest: expectBoolean },
);

/**
 * The k greatest numbers along an axis, or the smallest, in order. Of equal numbers the first in x comes first; NaN is the
 * greatest. Gradients flow to the numbers taken.
 *
 * @throws RangeError if the axis has fewer than k elements
 * @example
 * ```ts
 * import { tensor, topK } from "transformer-blocks";
 * const { values, indices } = topK(tensor([1, 5, 2, 4]), { k: 2 });
 * values.toArray(); // [5, 4]
 * indices;          // [1, 3]
 * ```
 */
export function topK<const S extends Shape, const K extends number, const Axis extends number = -1>(
  x: Tensor<S>,
  options: TopKOptions<K, Axis>,
): Sorted<SliceShape<S, Axis, K>>;
export function topK(x: Tensor, options: TopKOptions): object {
  expectTensor("topK", "x", x);
  checkOptions("topK", options, topKChecks, ["k"]);
  const { k, largest = true } = options;
  const axis = axisAlong("topK", x.shape, options.axis ?? -1);
  const size = listShape(x.shape)[axis]!;
  if (k > size)
    throw new RangeError(`topK: k ${k} is more than the ${size} elements of axis ${axis} of ${show(x.shape)}`);
  return ordered("topK", x, axis, k, largest);
}

/** Options of `sort`. */
export interface SortOptions {
  /** −1 if omitted. */
  axis?: number | undefined;
  /** Whether the greatest comes first; false if omitted. */
  descending?: boolean | undefined;
}
const sortChecks: Checks<SortOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["descending reverse"],
    advice: [["descending", "stable kind", "the order of equal numbers always stays"]],
  },
  { ...axisCheck, descending: expectBoolean },
);

/**
 * The numbers along an axis in order. Equal numbers keep their order; NaN is the greatest. Gradients flow back to where
 * each number came from.
 *
 * @example
 * ```ts
 * import { sort, tensor } from "transformer-blocks";
 * const { values, indices } = sort(tensor([3, 1, 2]));
 * values.toArray(); // [1, 2, 3]
 * indices;          // [1, 2, 0]
 * ```
 */
export function sort<S extends Shape>(x: Tensor<S>, options?: SortOptions): Sorted<S>;
export function sort(x: Tensor, options: SortOptions = {}): object {
  expectTensor("sort", "x", x);
  checkOptions("sort", options, sortChecks);
  const axis = axisAlong("sort", x.shape, options.axis ?? -1);
  return ordered("sort", x, axis, listShape(x.shape)[axis]!, options.descending ?? false);
}

function ordered(operation: string, x: Tensor, axis: number, count: number, descending: boolean): Sorted {
  const from = listShape(x.shape);
  const places = kernels().run(order, x.buffer, alongAxis(from, axis), count, descending);
  const within = from.with(axis, count);
  const shape = x.rank === 0 && count === 1 ? [] : within;
  const values = take(x, flatPlaces(from, axis, within, places), shape);
  if (places instanceof Int32Array) return { values, indices: nest(places, shape) };
  const get = (): never => {
    throw onDevice(operation, places);
  };
  return Object.defineProperty({ values, indices: [] }, "indices", { get, enumerable: true });
}

const onDevice = (operation: string, { device }: DeviceIndices): TypeError =>
  new TypeError(
    `${operation}: the indices are on ${device} and cannot be read synchronously; find them on the CPU, with withKernels(referenceKernels, …) from the numbers that await x.read() gives`,
  );

/** Options of `argmax` and `argmin`. */
export interface ArgOptions<
  Axis extends number | undefined = number | undefined,
  Keep extends boolean | undefined = boolean | undefined,
> extends Pick<AxisOptions<Axis, Keep>, "keepAxis"> {
  /** The axis along which places are counted; all elements in a row if omitted. */
  axis?: Axis | undefined;
}
const argChecks: Checks<ArgOptions> = { ...axisCheck, keepAxis: expectBoolean };

/** Finds a place along an axis, or among all elements. */
type Finding = <
  const S extends Shape,
  const Axis extends number | undefined = undefined,
  const Keep extends boolean | undefined = undefined,
>(
  x: Tensor<S>,
  options?: ArgOptions<Axis, Keep>,
) => NestedIndices<Settled<ReducedShape<S, Axis, Keep>, Shape>>;

function finding(operation: string, which: "greatest" | "smallest"): Finding {
  const find = (x: Tensor, options: ArgOptions = {}): NestedArray => {
    expectTensor(operation, "x", x);
    checkOptions(operation, options, argChecks);
    const from = options.axis === undefined ? [x.size] : listShape(x.shape);
    const axis = options.axis === undefined ? 0 : axisAlong(operation, x.shape, options.axis);
    const others = x.shape.filter((_, each) => options.axis !== undefined && each !== axis);
    if (from[axis] === 0 && sizeOf(others) > 0)
      throw new ShapeError(`${operation}: ${show(x.shape)} has no elements to choose from; leave out what is empty`);
    const kept = x.shape.map((size, each) => (options.axis === undefined || each === axis ? 1 : size));
    const places = kernels().run(extreme, x.buffer, alongAxis(from, axis), which);
    if (!(places instanceof Int32Array)) throw onDevice(operation, places);
    return nest(places, options.keepAxis ? kept : others);
  };
  return find as Finding;
}

/**
 * The place of the greatest number along an axis, or among all elements counted in a row: nested arrays of whole numbers,
 * one number if nothing is left. Of equal numbers the first counts; NaN is the greatest.
 *
 * @throws ShapeError where there is no element
 * @example
 * ```ts
 * import { argmax, tensor } from "transformer-blocks";
 * const x = tensor([[1, 5], [7, 2]]);
 * argmax(x, { axis: 1 }); // [1, 0]
 * argmax(x);              // 2
 * ```
 */
export const argmax: Finding = /* @__PURE__ */ finding("argmax", "greatest");

/**
 * The place of the smallest number along an axis, or among all elements counted in a row. Of equal numbers the first
 * counts; NaN comes before all others.
 *
 * @throws ShapeError where there is no element
 * @see argmax
 * @example
 * ```ts
 * import { argmin, tensor } from "transformer-blocks";
 * argmin(tensor([[1, 5], [7, 2]]), { axis: 1 }); // [0, 1]
 * ```
 */
export const argmin: Finding = /* @__PURE__ */ finding("argmin", "smallest");
