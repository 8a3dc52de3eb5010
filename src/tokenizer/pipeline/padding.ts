import type { Fields } from "../../fields";
import { withColumns } from "./columns";
import type { Encoding } from "./encoding";
import type { EncodedBatch, EncodedRows, PaddingOptions } from "./options";
import { readSide, type Side } from "./side";

/** How rows are padded. Without an id they cannot be. */
export interface Padding {
  id: number | undefined;
  type: number;
  side: Side;
}

/**
 * Reads the `padding` of a tokenizer.json, except its strategy.
 *
 * @param id the padding token; the configuration's takes precedence over the file's
 */
export function readPadding(
  fields: Fields | undefined,
  config: Record<string, unknown>,
  id: number | undefined,
): Padding {
  const own = fields?.count("pad_id");
  return {
    id: config.pad_token == null ? (own ?? id) : id,
    type: fields?.count("pad_type_id", { fallback: 0 }) ?? 0,
    side: readSide(fields, config, "padding_side"),
  };
}

/** Tokens by name and by id. */
interface Tokens {
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
}

/** A call's options take precedence over the tokenizer's settings. */
export function paddingFor(own: Padding, options: PaddingOptions, tokens: Tokens): Padding {
  const { token, type = own.type, side = own.side } = options;
  if (token === undefined) return { id: own.id, type, side };
  const id = typeof token === "string" ? tokens.tokenToId(token) : token;
  if (id !== undefined && tokens.idToToken(id) !== undefined) return { id, type, side };
  throw new RangeError(
    `encodeBatch: padding.token is ${JSON.stringify(token)}, which is not a token of this tokenizer`,
  );
}

/** The number of tokens in each row. */
export function paddedLength(rows: readonly Encoding[], { length, multiple = 1 }: PaddingOptions): number {
  const longest = rows.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  if (length !== undefined && longest > length) {
    const row = rows.findIndex(({ ids }) => ids.length > length);
    throw new RangeError(
      `encodeBatch: row ${row} has ${rows[row]?.ids.length} tokens, more than padding.length ${length}; pass maxLength: ${length} with truncation: true`,
    );
  }
  return Math.ceil((length ?? longest) / multiple) * multiple;
}

/**
 * The rows as columns, each padded to a length.
 *
 * @param length no padding if omitted
 * @throws RangeError if a row needs padding and there is no padding token
 */
export function toBatch(
  rows: readonly Encoding[],
  padding: Padding,
  length: number | undefined,
  tokens: Tokens,
): EncodedBatch {
  const cutOff = rows.flatMap(({ overflow = [] }, row) => overflow.map((encoding) => ({ encoding, row })));
  const all = [...rows, ...cutOff.map(({ encoding }) => encoding)];
  if (length !== undefined && padding.id === undefined && all.some(({ ids }) => ids.length < length)) {
    throw new RangeError(
      "encodeBatch: there is no padding token; pass padding: false or padding: { token }, or configure a pad_token",
    );
  }
  const fillers = {
    ids: padding.id ?? 0,
    tokens: padding.id === undefined ? "" : (tokens.idToToken(padding.id) ?? ""),
    types: padding.type,
    special: 1,
    words: null,
  };
  const columns = (encodings: readonly Encoding[]): EncodedRows => {
    const filled = <T>(row: readonly T[], filler: () => T): T[] => {
      const filling = Array.from({ length: Math.max(0, (length ?? 0) - row.length) }, filler);
      return padding.side === "left" ? [...filling, ...row] : [...row, ...filling];
    };
    const column = (name: keyof typeof fillers): unknown[][] =>
      encodings.map((row) => filled<unknown>(row[name], () => fillers[name]));
    const mask = encodings.map(({ ids }) =>
      filled<0 | 1>(
        ids.map(() => 1),
        () => 0,
      ),
    );
    return withColumns({ ids: column("ids"), mask } as Partial<EncodedRows>, (name) =>
      name === "offsets" ? encodings.map((row) => filled(row.offsets, () => [0, 0])) : column(name),
    );
  };
  const batch: EncodedBatch = columns(rows);
  if (cutOff.length > 0) {
    const rowsOfOverflow = cutOff.map(({ row }) => row);
    batch.overflow = Object.assign(columns(cutOff.map(({ encoding }) => encoding)), { rows: rowsOfOverflow });
  }
  return batch;
}
