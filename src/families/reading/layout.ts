import { sizeOf } from "../../tensor/internal";
import type { Link } from "../name-map";

/** Splits and transposes a checkpoint tensor into parameter values by path, which may be views of it. */
export function toOurs(link: Link, theirs: Float32Array): [path: string, values: Float32Array][] {
  const joined = joinedOf(link, theirs);
  let start = unusedLength(link);
  return link.ours.map(({ path, shape }) => {
    const end = start + sizeOf(shape);
    const values = joined.subarray(start, end);
    start = end;
    return [path, values];
  });
}

/** A copy of the rows of a checkpoint tensor that no parameter takes. */
export const unusedRows = (link: Link, theirs: Float32Array): Float32Array =>
  joinedOf(link, theirs).slice(0, unusedLength(link));

/** The checkpoint tensor for these parameter values: the inverse of `toOurs`. Unused rows are zeros unless given. */
export function toTheirs(link: Link, ours: (path: string) => Float32Array, unused?: Float32Array): Float32Array {
  const parts = [unused ?? new Float32Array(unusedLength(link)), ...link.ours.map(({ path }) => ours(path))];
  const joined = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return link.transpose ? transposed(joined, link.shape[1]!) : joined;
}

/** How many numbers stand before those of parameters. */
const unusedLength = ({ unusedRows, ours }: Link): number => unusedRows * sizeOf(ours[0]!.shape.slice(1));

const joinedOf = (link: Link, theirs: Float32Array): Float32Array =>
  link.transpose ? transposed(theirs, link.shape[0]!) : theirs;

/** [rows, columns] → [columns, rows] */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  return turned;
}
