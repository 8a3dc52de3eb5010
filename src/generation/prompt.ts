import type { Sequence } from "../blocks";
import { wrongKind } from "../checks";
import { isOtherList } from "../describe";
import { type Ids, ShapeError, type Tensor } from "../tensor";
import { indices } from "../tensor/internal";
import type { FileOptions } from "./file-options";
import type { Writer } from "./language-model";
import type { GenerateOptions } from "./options";

type Mask = GenerateOptions["mask"];

/** The input that a decoder starts from. */
export interface Start {
  writer: Writer;
  /** [batch][seq] */
  ids: Ids;
  /** 0 where `ids` is padding. */
  mask: Mask;
  /** The encoder's output, and its mask. */
  memory?: Tensor<Sequence> | undefined;
  memoryMask?: Mask;
}

/**
 * Throws unless a model can continue these ids under this mask.
 *
 * @throws TypeError, ShapeError or RangeError that names the row, and the column if any
 */
export function checkPrompt({ sizes, encode }: Writer, ids: Ids, mask: Mask): void {
  if (!Array.isArray(ids)) throw wrongKind("generate", "ids", "an array of rows, [batch][seq]", ids);
  if (ids.length > 0 && !Array.isArray(ids[0]) && !isOtherList(ids[0]))
    throw new TypeError("generate: ids must be [batch][seq]; wrap a single prompt in an array, [ids]");
  const { shape } = indices("generate: ids", ids, sizes.vocabSize);
  const [rows = 0, columns = 0] = shape;
  if (rows === 0) throw new RangeError("generate: ids has no rows");
  if (columns === 0)
    throw new RangeError("generate: the prompt is empty; pass at least one token, such as the one that starts a text");
  if (columns > sizes.contextLength)
    throw new RangeError(
      `generate: a prompt of ${columns} tokens is longer than the contextLength ${sizes.contextLength}; shorten it`,
    );
  if (mask) checkMask(mask, rows, columns, encode === undefined);
}

function checkMask(mask: readonly (readonly number[])[], rows: number, columns: number, leftPadded: boolean): void {
  const { shape } = indices("generate: mask", mask, 2);
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== columns)
    throw new ShapeError(
      `generate: the mask [${shape.join(", ")}] does not match the shape of ids, [${rows}, ${columns}]`,
    );
  mask.forEach((row, r) => {
    if (!row.includes(1)) throw new RangeError(`generate: the mask hides all of row ${r}`);
    if (leftPadded && row.at(-1) === 0)
      throw new RangeError(`generate: row ${r} of the mask ends with padding; pad prompts on the left`);
  });
}

/**
 * The start of each row of the result: the prompt, or an encoder-decoder's start token.
 *
 * @throws RangeError if the model does not declare a start token
 */
export function firstTokens({ sizes, encode }: Writer, ids: Ids): Ids {
  if (encode === undefined) return ids;
  const { startToken } = sizes;
  if (startToken === undefined)
    throw new RangeError("generate: config.startToken is missing; set it to the first token of every target");
  return ids.map(() => [startToken]);
}

/** The decoder's input. The encoder, if any, runs here, once. */
export function startOf(writer: Writer, ids: Ids, start: Ids, mask: Mask): Start {
  if (writer.encode === undefined) return { writer, ids: start, mask };
  return { writer, ids: start, mask: undefined, memory: writer.encode(ids, { mask }), memoryMask: mask };
}

/**
 * The largest number of new tokens: the caller's limit, or else the file's limit or 20, reduced to what the context has
 * room for.
 *
 * @throws RangeError if prompt and new tokens do not fit into the context
 */
export function newTokensFor(
  { sizes, encode }: Writer,
  ids: Ids,
  asked: number | undefined,
  file: FileOptions,
): number {
  const { contextLength } = sizes;
  const held = encode === undefined ? ids[0]!.length : 1;
  const room = contextLength - held;
  if (asked === undefined && room === 0)
    throw new RangeError(`generate: ${held} tokens fill the contextLength ${contextLength}; shorten the prompt`);
  if (asked !== undefined && asked > room)
    throw new RangeError(
      `generate: ${held} tokens and maxNewTokens ${asked} exceed the contextLength ${contextLength}; use at most ${room}`,
    );
  if (asked !== undefined) return asked;
  const usual = usualTokens(held, file);
  if (usual < 0)
    throw new RangeError(
      `generate: the prompt has ${held} tokens, and ${file.file} allows a max_length of ${file.maxLength}; pass maxNewTokens`,
    );
  return Math.min(usual, room);
}

/** The limit if the caller gives none. */
const usualTokens = (held: number, { options, maxLength }: FileOptions): number =>
  options.maxNewTokens ?? (maxLength === undefined ? 20 : maxLength - held);

/**
 * Throws if the smallest length exceeds the largest. The caller's options override the file's: if the caller gives a
 * limit, the file's smallest length has no effect.
 *
 * @throws RangeError that names both lengths
 */
export function expectFeasible(ids: Ids, most: number, asked: GenerateOptions, file: FileOptions): void {
  if (asked.minNewTokens !== undefined) {
    if (asked.minNewTokens <= most) return;
    const limit = asked.maxNewTokens === undefined ? `the limit of ${most}` : `maxNewTokens ${most}`;
    throw new RangeError(`generate: minNewTokens ${asked.minNewTokens} is more than ${limit}; raise maxNewTokens`);
  }
  if (asked.maxNewTokens !== undefined) return;
  const { minNewTokens = 0 } = file.options;
  const held = ids[0]!.length;
  const usual = usualTokens(held, file);
  const [field, least] =
    minNewTokens > 0 ? ["min_new_tokens", minNewTokens] : ["min_length", (file.minLength ?? 0) - held];
  if (least > usual)
    throw new RangeError(
      `generate: ${file.file}: ${field} requires ${least} new tokens, more than the limit of ${usual}; pass maxNewTokens or minNewTokens`,
    );
}
