import { describe } from "../checks";
import { conversion } from "../describe";
import { ShapeError } from "../errors";
import { type Indices, indices } from "./ids";
import { sameShape, show } from "./shape";
import type { NestedArray } from "./shape-types";
import { elsewhereOf } from "./storage";
import { Tensor } from "./tensor";

/**
 * Whole numbers from 0 to `limit` − 1, of any shape: nested arrays, one number, or a tensor.
 *
 * @throws TypeError if they are not numbers; ShapeError if arrays at one depth differ in length; RangeError if one is out
 * of range; each names the place
 */
export function nestedIndices(
  name: string,
  ids: NestedArray | Tensor,
  limit: number,
  alsoAllowed?: number,
  depth = 0,
): Indices {
  if (ids instanceof Tensor) {
    const there = elsewhereOf(ids);
    if (there !== undefined && ids.size > 0)
      throw new TypeError(
        `${name} is on ${there.device}, so its numbers cannot be read synchronously; pass nested arrays, such as those of the numbers that await its read() gives`,
      );
    if (ids.size === 0) return { values: new Int32Array(0), shape: [...ids.shape] };
    return { ...nestedIndices(name, ids.toArray(), limit, alsoAllowed), shape: [...ids.shape] };
  }
  if (!Array.isArray(ids)) {
    if (typeof ids !== "number")
      throw new TypeError(
        `${name} must be whole numbers in nested arrays or a Tensor, not ${describe(ids)}${conversion("number or array", ids)}`,
      );
    if (!Number.isInteger(ids) || ((ids < 0 || ids >= limit) && ids !== alsoAllowed))
      throw new RangeError(`${name}: ${ids} is not a whole number from 0 to ${limit - 1}`);
    return { values: Int32Array.of(ids), shape: [] };
  }
  if (ids.length === 0) return { values: new Int32Array(0), shape: [0] };
  if (!Array.isArray(ids[0]) || !Array.isArray(ids[0][0])) return indices(name, ids, limit, alsoAllowed);
  // An array that contains itself never ends.
  if (depth === 64) throw new ShapeError(`${name} is nested too deep`);
  // Array.from, because map skips holes.
  const parts = Array.from(ids, (part: NestedArray, i) =>
    nestedIndices(`${name}[${i}]`, part, limit, alsoAllowed, depth + 1),
  );
  return joined(name, parts);
}

/** Parts of one shape, one after the other along a new first axis. */
function joined(name: string, parts: readonly Indices[]): Indices {
  const [{ shape, values: first }] = parts as [Indices];
  const values = new Int32Array(parts.length * first.length);
  parts.forEach((part, i) => {
    if (!sameShape(part.shape, shape))
      throw new ShapeError(`${name}[${i}] has shape ${show(part.shape)}, but ${name}[0] has shape ${show(shape)}`);
    values.set(part.values, i * first.length);
  });
  return { values, shape: [parts.length, ...shape] };
}
