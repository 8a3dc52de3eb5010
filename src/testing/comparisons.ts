import { type Check, instanceOf, numberIn } from "../checks";
import { ShapeError, Tensor } from "../tensor";
import { sizeOf } from "../tensor/internal";

const expectTensor: Check = instanceOf(Tensor, "a Tensor");
const checkTolerance: Check = numberIn({ least: 0, infinite: true });

/**
 * The largest |aᵢ − bᵢ|. Equal infinities differ by 0, and so do two NaNs; NaN and a number differ by Infinity.
 *
 * @throws ShapeError if the shapes differ
 * @example
 * ```ts
 * import { tensor } from "transformer-blocks";
 * import { maxDifference } from "transformer-blocks/testing";
 * maxDifference(tensor([1, 2]), tensor([1, 2.5])); // 0.5
 * ```
 */
export function maxDifference(a: Tensor, b: Tensor): number {
  return largestDifference("maxDifference", a, b);
}

function largestDifference(where: string, a: Tensor, b: Tensor): number {
  expectTensor(where, "a", a);
  expectTensor(where, "b", b);
  if (a.rank !== b.rank || a.shape.some((size, axis) => size !== b.shape[axis]))
    throw new ShapeError(`${where}: the shapes [${a.shape.join(", ")}] and [${b.shape.join(", ")}] differ`);
  const other = b.data;
  return a.data.reduce((largest, value, i) => Math.max(largest, difference(value, other[i]!)), 0);
}

function difference(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const distance = Math.abs(a - b);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}

/**
 * Whether no element differs by more than the tolerance.
 *
 * @throws ShapeError if the shapes differ
 * @example
 * ```ts
 * import { tensor } from "transformer-blocks";
 * import { close } from "transformer-blocks/testing";
 * close(tensor([1, 2]), tensor([1, 2.5]), 0.1); // false
 * ```
 */
export function close(a: Tensor, b: Tensor, tolerance: number): boolean {
  checkTolerance("close", "tolerance", tolerance);
  return largestDifference("close", a, b) <= tolerance;
}

/**
 * Whether the numbers along the last axis sum to one, for every row.
 *
 * @param tolerance how far from one a sum may be; 1e-5 if omitted
 * @throws ShapeError if the weights are a single number
 * @example
 * ```ts
 * import { softmax, tensor } from "transformer-blocks";
 * import { rowsSumToOne } from "transformer-blocks/testing";
 * rowsSumToOne(softmax(tensor([[1, 2, 3], [4, 4, 4]]))); // true
 * ```
 */
export function rowsSumToOne(weights: Tensor, tolerance = 1e-5): boolean {
  expectTensor("rowsSumToOne", "weights", weights);
  checkTolerance("rowsSumToOne", "tolerance", tolerance);
  const size = weights.shape.at(-1);
  if (size === undefined) throw new ShapeError("rowsSumToOne: a single number has no rows");
  const rows = sizeOf(weights.shape.slice(0, -1));
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += weights.data[row * size + i]!;
    if (!(Math.abs(sum - 1) <= tolerance)) return false;
  }
  return true;
}

/** The largest |x|; 0 if there are no numbers, Infinity if one is not finite. */
export const largest = (x: Tensor): number => x.data.reduce((most, value) => Math.max(most, size(value)), 0);

const size = (value: number): number => (Number.isFinite(value) ? Math.abs(value) : Number.POSITIVE_INFINITY);

/** Where two tensors differ most. */
export interface Difference {
  /** One index for each axis. */
  index: number[];
  left: number;
  right: number;
  /** Infinity if either is not finite. */
  difference: number;
}

/** The place where two tensors of one shape differ most; undefined if they have no numbers. */
export function farthest(a: Tensor, b: Tensor): Difference | undefined {
  const other = b.data;
  const differences = a.data.map((value, i) => size(value - other[i]!));
  const most = differences.reduce((best, value, i) => (value > differences[best]! ? i : best), 0);
  if (a.size === 0) return undefined;
  const [left, right, difference] = [a.data[most]!, other[most]!, differences[most]!];
  return { index: indexOf(most, a.shape), left, right, difference };
}

/** The indices of element `at`, one for each axis. */
export function indexOf(at: number, shape: readonly number[]): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    })
    .toReversed();
}
