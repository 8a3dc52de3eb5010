import { describe } from "../checks";
import { conversion, isOtherList } from "../describe";
import { ShapeError } from "../errors";

/** A batch of token ids, [batch][seq]. */
export type Ids = readonly (readonly number[])[];

/** Whole numbers with a shape, for indexing operations. */
export interface Indices {
  values: Int32Array;
  shape: number[];
}

/**
 * Whole numbers from 0 to `limit` − 1, read from a list or a batch of lists.
 *
 * @throws TypeError if they are not numbers; ShapeError if rows differ in length, naming the row; RangeError if one is
 * out of range, naming its row and column
 */
export function indices(name: string, ids: readonly number[] | Ids, limit: number, alsoAllowed?: number): Indices {
  if (!Array.isArray(ids))
    throw new TypeError(`${name} must be an array of arrays of numbers, not ${shown("array", ids)}`);
  const rows: Ids = isBatch(ids) ? ids : [ids as readonly number[]];
  const columns = rows[0]?.length ?? 0;
  // Not forEach, which skips holes.
  for (const [r, row] of rows.entries()) {
    if (!Array.isArray(row))
      throw new TypeError(`${name}[${r}] must be an array of numbers, not ${shown("array", row)}`);
    if (row.length !== columns)
      throw new ShapeError(
        `${name}: row ${r} has ${row.length} ids where row 0 has ${columns}; pad the rows to one length`,
      );
  }
  const values = new Int32Array(rows.length * columns);
  for (const [r, row] of rows.entries())
    for (let c = 0; c < columns; c++) {
      const id = row[c]!;
      if (typeof id !== "number")
        throw new TypeError(
          `${name}: ${describe(id)} in row ${r}, column ${c} is not a number${conversion("number", id)}`,
        );
      if (!Number.isInteger(id) || ((id < 0 || id >= limit) && id !== alsoAllowed))
        throw new RangeError(`${name}: ${id} in row ${r}, column ${c} is not a whole number from 0 to ${limit - 1}`);
      values[r * columns + c] = id;
    }
  return { values, shape: isBatch(ids) ? [rows.length, columns] : [columns] };
}

/** Whether it contains rows: arrays or other lists. */
const isBatch = (ids: readonly number[] | Ids): ids is Ids =>
  ids.length === 0 || Array.isArray(ids[0]) || isOtherList(ids[0]);

const shown = (wanted: string, value: unknown): string => `${describe(value)}${conversion(wanted, value)}`;
