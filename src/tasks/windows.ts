import { type Check, expectBoolean, wholeIn } from "../checks";
import type { EncodeOptions, Encoding } from "../tokenizer";
import type { Loaded } from "./loaded";

/** A model's limit on the length of a text. */
interface Limited extends Pick<Loaded, "tokenizer"> {
  /** The largest number of tokens, special ones included. */
  limit: number;
}

/** What a task does with a text that is longer than the model reads. */
export interface LengthOptions {
  /** Cut texts that are longer than the model reads, instead of refusing them; false if omitted. */
  truncation?: boolean | undefined;
}

/** How a task reads a text that is longer than the model reads. */
export interface WindowOptions {
  /** How many tokens of one window the next one repeats; a quarter of the model's limit, up to 128, if omitted. */
  stride?: number | undefined;
}

export const truncationCheck: Check = expectBoolean;
export const strideCheck: Check = /* @__PURE__ */ wholeIn({ least: 0 });

/** A part of a text that a model reads at once. */
export interface Window extends Encoding {
  /** How many tokens of the divided text come before it. */
  start: number;
}

/** A text's tokens. @throws RangeError with both lengths if it has more than the limit, unless it may be cut */
export function fittingOf(
  where: string,
  { tokenizer, limit }: Limited,
  text: string,
  options: Pick<EncodeOptions, "pair"> & LengthOptions = {},
): Encoding {
  const { pair, truncation = false } = options;
  if (truncation) return tokenizer.encode(text, { pair, maxLength: limit, truncation: true });
  const encoding = tokenizer.encode(text, { pair });
  if (encoding.ids.length > limit)
    throw new RangeError(
      `${where}: the text has ${encoding.ids.length} tokens, more than the ${limit} that the model reads; shorten it, or pass truncation: true`,
    );
  return encoding;
}

/**
 * A text in windows that overlap, if it is longer than the model reads; of a pair, the second text is divided.
 *
 * @throws RangeError if nothing of the divided text fits beside the first, or the stride leaves no progress
 */
export function windowsOf(
  where: string,
  { tokenizer, limit }: Limited,
  text: string,
  { pair, stride = Math.min(128, limit >> 2) }: Pick<EncodeOptions, "pair"> & WindowOptions = {},
): Window[] {
  const whole = tokenizer.encode(text, { pair });
  if (whole.ids.length <= limit) return [{ ...whole, start: 0 }];
  const around = pair === undefined ? tokenizer.encode("") : tokenizer.encode(text, { pair: "" });
  const room = limit - around.ids.length;
  if (stride >= room)
    throw new RangeError(
      `${where}: the text has ${whole.ids.length} tokens, and the model reads ${limit}: a window has room for ${Math.max(room, 0)} of them, which must be more than the stride ${stride}`,
    );
  const strategy = pair === undefined ? "longestFirst" : "onlySecond";
  const { overflow = [], ...first } = tokenizer.encode(text, {
    pair,
    maxLength: limit,
    truncation: { strategy, stride, side: "right" },
  });
  return [first, ...overflow].map((window, i) => ({ ...window, start: i * (room - stride) }));
}
