import type { Axis, ReduceVector } from "../../specs";
import { Lines } from "../lines";
import { functionStream } from "./stream";

/** A line of fewer numbers that do not lie together is left to the reference. */
const SHORT = 16;

/** Each reduction in folds; undefined for a setting that has none. */
const reductions: {
  readonly [Name in ReduceVector]: (lines: Lines, setting: number) => ArrayLike<number> | undefined;
} = {
  max: (lines) => lines.fold("greatest"),
  min: (lines) => lines.fold("smallest"),
  norm: (lines, p) => (p === 1 ? lines.fold("sizes") : p === 2 ? lines.fold("squares").map(Math.sqrt) : undefined),
  product: (lines) => {
    const found = lines.fold("product");
    // In another order than the reference's, Infinity may meet 0.
    return found.some(Number.isNaN) ? undefined : found;
  },
  variance: (lines, correction) => {
    const { size } = lines.axis;
    const means = lines.fold("sum").map((sum) => sum / size);
    return lines.fold("squares", means).map((squares) => squares / Math.max(0, size - correction));
  },
  logSumExp: (lines) => {
    const most = lines.fold("greatest");
    // Subtracting an infinite one would give NaN.
    const shifts = most.map((each) => (Math.abs(each) === Infinity ? 0 : each));
    const sums = lines.fold("exponentials", shifts);
    return sums.map((sum, i) => (most[i] === Infinity ? Infinity : shifts[i]! + Math.log(sum)));
  },
};

/** The reduction of every line by vector instructions; undefined where the reference is as fast. */
export function reduceVector(
  vector: ReduceVector,
  setting: number,
  x: Float32Array,
  axis: Axis,
): Float32Array | undefined {
  if (axis.inner > 1 && axis.size * axis.inner < SHORT) return undefined;
  const found = reductions[vector](new Lines(functionStream(), x, axis), setting);
  return found && Float32Array.from(found);
}
