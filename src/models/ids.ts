import { type Ids, ShapeError } from "../tensor";

/**
 * The number of tokens of each row.
 *
 * @param held how many tokens a cache holds already
 * @throws TypeError if ids are not rows of numbers; ShapeError if rows differ in length; RangeError if there are more
 * tokens than a model takes
 */
export function expectIds(
  name: string,
  ids: Ids,
  { contextLength, held = 0 }: { contextLength: number; held?: number | undefined },
) {
  if (!Array.isArray(ids)) throw new TypeError(`${name} must be a batch of token ids, [batch][seq], not ${typeof ids}`);
  ids.forEach((row: unknown, r) => {
    if (!Array.isArray(row))
      throw new TypeError(`${name}[${r}] must be a row of token ids, an array of numbers; for one text write [[…]]`);
    if (row.length !== ids[0].length)
      throw new ShapeError(
        `${name}: row ${r} has ${row.length} ids where row 0 has ${ids[0].length}; pad the rows to one length`,
      );
  });
  const seq: number = ids[0]?.length ?? 0;
  if (held + seq > contextLength)
    throw new RangeError(
      `a text of ${held + seq} tokens is longer than the contextLength ${contextLength}; shorten or truncate it`,
    );
  return seq;
}
