import { wrongKind } from "../checks";
import { type Ids, ShapeError } from "../tensor";
import { expectLengths, longestOf } from "../tensor/internal";

/** What limits the ids of a pass. */
interface TextLimits {
  contextLength: number;
  /** The number of tokens in the cache. */
  held?: number | undefined;
  /** The number of tokens of each text, if they stand end to end. */
  lengths?: readonly number[] | undefined;
}

/**
 * The number of tokens of each row.
 *
 * @throws TypeError if ids are not rows of numbers; ShapeError if rows differ in length; RangeError if there are more
 * tokens than the contextLength
 */
export function expectIds(where: string, ids: Ids, { contextLength, held = 0, lengths }: TextLimits) {
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
  if (lengths) expectLengths(where, lengths, "ids", { shape: [ids.length, seq] });
  const longest = lengths ? longestOf(lengths) : held + seq;
  if (longest > contextLength)
    throw new RangeError(
      `${where}: a text of ${longest} tokens is longer than the contextLength ${contextLength}; shorten or truncate it`,
    );
  return seq;
}
