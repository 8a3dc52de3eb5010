import type { Encoding } from "./encoding";
import type { Fields } from "./fields";
import type { EncodedBatch } from "./options";
import { readSide, type Side } from "./side";

/** How rows are filled up. Without an id there is nothing to fill them with. */
export interface Padding {
  id: number | undefined;
  type: number;
  side: Side;
}

/**
 * Reads the `padding` of a tokenizer.json. Its strategy is left to the caller.
 *
 * @param id the padding token; one that the configuration names goes before the file's
 */
export function readPadding(
  fields: Fields | undefined,
  config: Record<string, unknown>,
  id: number | undefined,
): Padding {
  const own = fields?.count("pad_id");
  return {
    id: config.pad_token == null ? (own ?? id) : id,
    type: fields?.count("pad_type_id", 0) ?? 0,
    side: readSide(fields, config, "padding_side"),
  };
}

/** Fills all rows up to the longest, or leaves them as they are without padding. */
export function padBatch(rows: readonly Encoding[], padding: Padding | undefined): EncodedBatch {
  const longest = rows.reduce((most, row) => Math.max(most, row.ids.length), 0);
  const missing = rows.some((row) => row.ids.length < longest);
  if (padding !== undefined && padding.id === undefined && missing) {
    throw new RangeError("padding: there is no padding token; pass padding: false, or configure a pad_token");
  }
  const fill = <T>(row: readonly T[], filler: T): T[] => {
    if (padding === undefined) return [...row];
    const filling = new Array<T>(longest - row.length).fill(filler);
    return padding.side === "left" ? [...filling, ...row] : [...row, ...filling];
  };
  return {
    ids: rows.map((row) => fill(row.ids, padding?.id ?? 0)),
    mask: rows.map((row) =>
      fill<0 | 1>(
        row.ids.map(() => 1),
        0,
      ),
    ),
    types: rows.map((row) => fill(row.types, padding?.type ?? 0)),
  };
}
