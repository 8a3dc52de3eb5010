import { sizeOf } from "../../tensor/internal";
import type { Link, LinkedParameter } from "../name-map";

/** Splits and transposes a checkpoint tensor into parameter values by path, which may be views of it. */
export function toOurs(link: Link, theirs: Float32Array): [path: string, values: Float32Array][] {
  const size = theirs.length / link.stack;
  return slicesOf(link).flatMap((parts, i) => {
    const joined = joinedOf(link, theirs.subarray(i * size, (i + 1) * size)).subarray(unusedLength(link));
    return link.groups === 1 ? split(parts, joined) : ungrouped(parts, joined, link.groups);
  });
}

/** Whether the checkpoint stores one parameter's values as they are. */
export const isAsStored = ({ ours, stack, groups, transpose, unusedRows }: Link): boolean =>
  ours.length === 1 && stack === 1 && groups === 1 && !transpose && unusedRows === 0;

/** A copy of the rows of a checkpoint tensor that no parameter takes. */
export const unusedRows = (link: Link, theirs: Float32Array): Float32Array =>
  joinedOf(link, theirs).slice(0, unusedLength(link));

/** The checkpoint tensor for these parameter values: the inverse of `toOurs`. Unused rows are zeros unless given. */
export function toTheirs(link: Link, ours: (path: string) => Float32Array, unused?: Float32Array): Float32Array {
  const theirs = new Float32Array(sizeOf(link.shape));
  const size = theirs.length / link.stack;
  for (const [i, parts] of slicesOf(link).entries()) {
    const joined = link.transpose ? new Float32Array(size) : theirs.subarray(i * size, (i + 1) * size);
    if (unused) joined.set(unused);
    const rest = joined.subarray(unusedLength(link));
    forEachRun(parts, link.groups, (part, own, start) => rest.set(ours(part.path).subarray(...own), start));
    if (link.transpose) theirs.set(transposed(joined, rowsOf(link)), i * size);
  }
  return theirs;
}

/** The parameters of each slice. */
function slicesOf({ ours, stack }: Link): LinkedParameter[][] {
  const parts = ours.length / stack;
  return Array.from({ length: stack }, (_, i) => ours.slice(i * parts, (i + 1) * parts));
}

/** Parts that stand one after the other: views. */
function split(parts: readonly LinkedParameter[], joined: Float32Array): [path: string, values: Float32Array][] {
  let start = 0;
  return parts.map(({ path, shape }) => {
    const end = start + sizeOf(shape);
    const values = joined.subarray(start, end);
    start = end;
    return [path, values];
  });
}

function ungrouped(
  parts: readonly LinkedParameter[],
  joined: Float32Array,
  groups: number,
): [path: string, values: Float32Array][] {
  const values = new Map(parts.map(({ path, shape }) => [path, new Float32Array(sizeOf(shape))]));
  forEachRun(parts, groups, ({ path }, own, start) =>
    values.get(path)!.set(joined.subarray(start, start + own[1] - own[0]), own[0]),
  );
  return [...values];
}

/** Calls with every run of numbers: of which part, its range there, and its start in the joined tensor. */
function forEachRun(
  parts: readonly LinkedParameter[],
  groups: number,
  call: (part: LinkedParameter, own: readonly [start: number, end: number], start: number) => void,
): void {
  let start = 0;
  for (let group = 0; group < groups; group++)
    for (const part of parts) {
      const length = sizeOf(part.shape) / groups;
      call(part, [group * length, (group + 1) * length], start);
      start += length;
    }
}

const rowsOf = ({ ours, stack, unusedRows }: Link): number =>
  ours.slice(0, ours.length / stack).reduce((rows, { shape }) => rows + shape[0]!, unusedRows);

/** How many numbers stand before those of parameters. */
const unusedLength = ({ unusedRows, ours }: Link): number => unusedRows * sizeOf(ours[0]!.shape.slice(1));

const joinedOf = (link: Link, theirs: Float32Array): Float32Array =>
  link.transpose ? transposed(theirs, theirs.length / rowsOf(link)) : theirs;

/** [rows, columns] → [columns, rows] */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  return turned;
}
