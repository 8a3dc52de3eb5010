import * as reference from "../../reference/positions";
import type { Flavor } from "../module";
import { align } from "../region";
import { dispatch, threadCount } from "../threads";
import { WORTH_COPYING } from "../workspace";
import { trainingWorkspace } from "./workspace";

export function scatterRows(
  flavor: Flavor,
  gradient: Float32Array,
  ids: Int32Array,
  rows: number,
  size: number,
): Float32Array {
  if (gradient.length < WORTH_COPYING) return reference.scatterRows(gradient, ids, rows, size);
  const groups = new Map<number, number[]>();
  ids.forEach((id, row) => {
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  });
  const starts = [0];
  for (const group of groups.values()) starts.push(starts.at(-1)! + group.length);
  const sums = addRows(flavor, gradient, [...groups.values()].flat(), starts, size);
  const output = new Float32Array(rows * size);
  [...groups.keys()].forEach((id, i) => {
    output.set(sums.subarray(i * size, (i + 1) * size), id * size);
  });
  return output;
}

/** The sums of groups of rows of x [rows, size], in the given order if any; groups go from one start to the next. */
function addRows(
  flavor: Flavor,

  x: Float32Array,
  order: readonly number[] | undefined,
  starts: readonly number[],
  size: number,
): Float32Array {
  const count = starts.length - 1;
  const scratchBytes = align(8 * size + 24);
  const integers = 4 * ((order?.length ?? 0) + starts.length) + 32;
  const bytes = integers + 4 * count * size + 16 + threadCount() * scratchBytes;
  return trainingWorkspace(flavor).useWith([x], bytes, (region, [input]) => {
    const orderAt = order ? region.putIntegers(order) : 0;
    const startsAt = region.putIntegers(starts);
    const output = region.take(4 * count * size);
    const scratch = region.take(threadCount() * scratchBytes);
    const work = (4 * x.length) / count;
    const args = [input!, orderAt, startsAt, output, size];
    dispatch(region, "addRows", args, { count, work, multiple: 1, scratch, scratchBytes });
    return region.get(output, count * size);
  });
}
