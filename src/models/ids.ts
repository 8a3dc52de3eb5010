import { wrongKind } from "../checks";
import { type Ids, ShapeError } from "../tensor";

/**
 * The number of tokens of each row.
 *
 * @param held the number of tokens in the cache
 * @throws TypeError if ids are not rows of numbers; ShapeError if rows differ in length; RangeError if there are more
 * tokens than the contextLength
 */
export function expectIds(
  where: string,
  ids: Ids,
  { contextLength, held = 0 }: { contextLength: number; held?: number | undefined },
) {
  if (!Array.isArray(ids)) throw wrongKind(where, "ids", "a batch of token ids, [batch][seq]", ids);
  // Not forEach, which skips holes.
  for (const [r, row] of ids.entries()) {
    if (!Array.isArray(row))
      throw wrongKind(
        where,
        `ids[${r}]`,
        `a row of token ids, an array of numbers${typeof row === "number" ? "; for one text write [[…]]" : ""}`,
        row,
      );
    if (row.length !== ids[0].length)
      throw new ShapeError(
        `${where}: ids: row ${r} has ${row.length} ids where row 0 has ${ids[0].length}; pad the rows to one length`,
      );
  }
  const seq: number = ids[0]?.length ?? 0;
  if (held + seq > contextLength)
    throw new RangeError(
      `${where}: a text of ${held + seq} tokens is longer than the contextLength ${contextLength}; shorten or truncate it`,
    );
  return seq;
}
