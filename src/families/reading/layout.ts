import type { Link } from "../name-map";

/** Splits and transposes a checkpoint tensor into parameter values by path, which may be views of it. */
export function toOurs(link: Link, theirs: Float32Array): [path: string, values: Float32Array][] {
  const joined = link.transpose ? transposed(theirs, link.shape[0]!) : theirs;
  let start = 0;
  return link.ours.map(({ path, shape }) => {
    const end = start + shape.reduce((size, length) => size * length, 1);
    const values = joined.subarray(start, end);
    start = end;
    return [path, values];
  });
}

/** The checkpoint tensor for these parameter values: the inverse of `toOurs`. */
export function toTheirs(link: Link, ours: (path: string) => Float32Array): Float32Array {
  const parts = link.ours.map(({ path }) => ours(path));
  const joined = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return link.transpose ? transposed(joined, link.shape[1]!) : joined;
}

/** [rows, columns] → [columns, rows] */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  return turned;
}
