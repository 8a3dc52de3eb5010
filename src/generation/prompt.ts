import { wrongKind } from "../checks";
import { type Ids, ShapeError } from "../tensor";
import { indices } from "../tensor/internal";
import type { Writer } from "./language-model";
import type { GenerateOptions } from "./options";

type Mask = GenerateOptions["mask"];

/**
 * The rows without padding.
 *
 * @throws TypeError, ShapeError or RangeError that names the row, and the column if any, unless a model can continue them
 */
export function promptsOf({ where, sizes, encode }: Writer, ids: Ids, mask: Mask): Ids {
  if (!Array.isArray(ids)) {
    const error = wrongKind(where, "ids", "an array of rows, [batch][seq]", ids);
    throw new TypeError(`${error.message}${textHint(ids)}`);
  }
  if (ids.length === 0) throw new RangeError(`${where}: ids has no rows`);
  if (typeof ids[0] === "number")
    throw new TypeError(`${where}: ids must be [batch][seq]; wrap a single prompt in an array, [ids]`);
  expectTokens(where, "ids", ids, sizes.vocabSize);
  if (mask) checkMask(where, mask, ids, encode === undefined);
  const rows = (ids as Ids).map((row, r) => (mask ? row.filter((_, column) => mask[r]![column] === 1) : [...row]));
  for (const [r, row] of rows.entries()) {
    if (row.length === 0)
      throw new RangeError(
        `${where}: the prompt is empty in row ${r}; pass at least one token, such as the one that starts a text`,
      );
    if (row.length > sizes.contextLength)
      throw new RangeError(
        `${where}: a prompt of ${row.length} tokens is longer than the contextLength ${sizes.contextLength}; shorten it`,
      );
  }
  return rows;
}

/** A text, or what a tokenizer returned for one or for several. */
function textHint(given: unknown): string {
  if (typeof given === "string") return "; encode it, [tokenizer.encode(text).ids]";
  const inner: unknown = typeof given === "object" && given !== null ? Reflect.get(given, "ids") : undefined;
  if (!Array.isArray(inner)) return "";
  return Array.isArray(inner[0]) ? "; pass its ids, batch.ids" : "; pass its ids, [encoding.ids]";
}

/** Rows may differ in length. @throws TypeError or RangeError that names the row and the column */
function expectTokens(where: string, name: string, ids: Ids, vocabSize: number): void {
  const width = ids.reduce((most, row) => Math.max(most, Array.isArray(row) ? row.length : 0), 0);
  const filled = Array.from(ids, (row) =>
    Array.isArray(row) ? [...row, ...new Array<number>(width - row.length).fill(0)] : row,
  );
  indices(`${where}: ${name}`, filled, vocabSize);
}

function checkMask(where: string, mask: NonNullable<Mask>, ids: Ids, leftPadded: boolean): void {
  const { shape } = indices(`${where}: mask`, mask, 2);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows !== ids.length || ids.some((row) => row.length !== columns))
    throw new ShapeError(
      `${where}: the mask [${shape.join(", ")}] does not match the shape of ids, [${ids.length}, ${widths(ids)}]; rows of different lengths need no mask`,
    );
  mask.forEach((row, r) => {
    if (!row.includes(1)) throw new RangeError(`${where}: the mask hides all of row ${r}`);
    if (leftPadded && row.at(-1) === 0)
      throw new RangeError(
        `${where}: row ${r} of the mask ends with padding; pad prompts on the left, or pass rows without padding`,
      );
  });
}

const widths = (ids: Ids): string => [...new Set(ids.map(({ length }) => length))].join(" or ");

/**
 * The first tokens of each row, without padding: the prompt, or an encoder-decoder's start token and decoder prompt.
 *
 * @throws RangeError if the model declares no start token; TypeError for a decoder prompt without a source
 */
export function firstTokens(writer: Writer, prompts: Ids, given: GenerateOptions["decoderPrompt"]): Ids {
  const { where, sizes, encode } = writer;
  if (encode === undefined) {
    if (given !== undefined)
      throw new TypeError(`${where}: decoderPrompt has no effect: the model has no encoder; put its tokens into ids`);
    return prompts;
  }
  const rows = rowsFor(writer, "decoderPrompt", given ?? [], prompts.length);
  return rows.map((row) => started(where, row, sizes.startToken));
}

/** As in transformers, a decoder prompt may begin with the start token or not. */
function started(where: string, row: readonly number[], startToken: number | undefined): readonly number[] {
  if (startToken !== undefined) return row[0] === startToken ? row : [startToken, ...row];
  if (row.length > 0) return row;
  throw new RangeError(`${where}: config.startToken is missing; set it to the first token of every target`);
}

/**
 * The tokens for each row: those given for it, or those given for all.
 *
 * @throws ShapeError for another number of rows; TypeError or RangeError for a token outside the vocabulary
 */
export function rowsFor({ where, sizes }: Writer, name: string, given: readonly number[] | Ids, rows: number): Ids {
  const isOne = !Array.isArray(given[0]);
  const all = (isOne ? Array.from({ length: rows }, () => given) : given) as Ids;
  if (all.length !== rows)
    throw new ShapeError(
      `${where}: ${name} has ${all.length} rows, but ids has ${rows}; give one for each, or one list`,
    );
  expectTokens(where, name, all, sizes.vocabSize);
  return all.map((row) => [...row]);
}
