import { wrongKind } from "../checks";
import { isOtherList } from "../describe";
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
export function promptsOf({ sizes, encode }: Writer, ids: Ids, mask: Mask): Ids {
  if (!Array.isArray(ids)) throw wrongKind("generate", "ids", "an array of rows, [batch][seq]", ids);
  if (ids.length === 0) throw new RangeError("generate: ids has no rows");
  if (!Array.isArray(ids[0]) && !isOtherList(ids[0]))
    throw new TypeError("generate: ids must be [batch][seq]; wrap a single prompt in an array, [ids]");
  expectTokens("ids", ids, sizes.vocabSize);
  if (mask) checkMask(mask, ids, encode === undefined);
  const rows = (ids as Ids).map((row, r) => (mask ? row.filter((_, column) => mask[r]![column] === 1) : [...row]));
  for (const [r, row] of rows.entries()) {
    if (row.length === 0)
      throw new RangeError(
        `generate: the prompt is empty in row ${r}; pass at least one token, such as the one that starts a text`,
      );
    if (row.length > sizes.contextLength)
      throw new RangeError(
        `generate: a prompt of ${row.length} tokens is longer than the contextLength ${sizes.contextLength}; shorten it`,
      );
  }
  return rows;
}

/** Rows may differ in length. @throws TypeError or RangeError that names the row and the column */
function expectTokens(name: string, ids: Ids, vocabSize: number): void {
  const width = ids.reduce((most, row) => Math.max(most, Array.isArray(row) ? row.length : 0), 0);
  const filled = Array.from(ids, (row) =>
    Array.isArray(row) ? [...row, ...new Array<number>(width - row.length).fill(0)] : row,
  );
  indices(`generate: ${name}`, filled, vocabSize);
}

function checkMask(mask: NonNullable<Mask>, ids: Ids, leftPadded: boolean): void {
  const { shape } = indices("generate: mask", mask, 2);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows !== ids.length || ids.some((row) => row.length !== columns))
    throw new ShapeError(
      `generate: the mask [${shape.join(", ")}] does not match the shape of ids, [${ids.length}, ${widths(ids)}]; rows of different lengths need no mask`,
    );
  mask.forEach((row, r) => {
    if (!row.includes(1)) throw new RangeError(`generate: the mask hides all of row ${r}`);
    if (leftPadded && row.at(-1) === 0)
      throw new RangeError(
        `generate: row ${r} of the mask ends with padding; pad prompts on the left, or pass rows without padding`,
      );
  });
}

const widths = (ids: Ids): string => [...new Set(ids.map(({ length }) => length))].join(" or ");

/**
 * The first tokens of each row, without padding: the prompt, or an encoder-decoder's start token and decoder prompt.
 *
 * @throws RangeError if the model declares no start token; TypeError for a decoder prompt without a source
 */
export function firstTokens({ sizes, encode }: Writer, prompts: Ids, given: GenerateOptions["decoderPrompt"]): Ids {
  if (encode === undefined) {
    if (given !== undefined)
      throw new TypeError("generate: decoderPrompt has no effect: the model has no encoder; put its tokens into ids");
    return prompts;
  }
  const rows = rowsFor("decoderPrompt", given ?? [], prompts.length, sizes.vocabSize);
  return rows.map((row) => started(row, sizes.startToken));
}

/** As in transformers, a decoder prompt may begin with the start token or not. */
function started(row: readonly number[], startToken: number | undefined): readonly number[] {
  if (startToken !== undefined) return row[0] === startToken ? row : [startToken, ...row];
  if (row.length > 0) return row;
  throw new RangeError("generate: config.startToken is missing; set it to the first token of every target");
}

/**
 * The tokens for each row: those given for it, or those given for all.
 *
 * @throws ShapeError for another number of rows; TypeError or RangeError for a token outside the vocabulary
 */
export function rowsFor(name: string, given: readonly number[] | Ids, rows: number, vocabSize: number): Ids {
  const isOne = !Array.isArray(given[0]);
  const all = (isOne ? Array.from({ length: rows }, () => given) : given) as Ids;
  if (all.length !== rows)
    throw new ShapeError(
      `generate: ${name} has ${all.length} rows, but ids has ${rows}; give one for each, or one list`,
    );
  expectTokens(name, all, vocabSize);
  return all.map((row) => [...row]);
}
