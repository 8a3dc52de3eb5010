import type { Encoding } from "./encoding";
import type { Fields } from "./fields";
import type { EncodedBatch } from "./options";

/** How rows are filled up. Without an id there is nothing to fill them with. */
export interface Padding {
  id: number | undefined;
  type: number;
  side: "left" | "right";
}

/** Reads the `padding` of a tokenizer.json. Its strategy is left to the caller. */
export function readPadding(fields: Fields): Padding {
  return {
    id: fields.count("pad_id"),
    type: fields.count("pad_type_id", 0),
    side: fields.oneOf("direction", ["Left", "Right"], "Right") === "Left" ? "left" : "right",
  };
}

/** Fills all rows up to the longest, or leaves them as they are without padding. */
export function padBatch(rows: readonly Encoding[], padding: Padding | undefined): EncodedBatch {
  const longest = rows.reduce((most, row) => Math.max(most, row.ids.length), 0);
  const missing = rows.some((row) => row.ids.length < longest);
  if (padding !== undefined && padding.id === undefined && missing) {
    throw new RangeError(
      "padding: this tokenizer has no padding token; pass padding: false, or name a pad_token in the configuration",
    );
  }
  const fill = <T>(row: readonly T[], filler: T): T[] => {
    if (padding === undefined) return [...row];
    const filling = new Array<T>(longest - row.length).fill(filler);
    return padding.side === "left" ? [...filling, ...row] : [...row, ...filling];
  };
  return {
    ids: rows.map((row) => fill(row.ids, padding?.id ?? 0)),
    mask: rows.map((row) => fill(new Array<0 | 1>(row.ids.length).fill(1), 0)),
    types: rows.map((row) => fill(row.types, padding?.type ?? 0)),
  };
}
