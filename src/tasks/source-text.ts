import type { Loaded } from "./loaded";
import type { TextModel } from "./pretrained";
import { fittingOf } from "./windows";

/** A text for an encoder-decoder. */
interface SourceText {
  text: string;
  /** Tokens before and after those of the text; what the tokenizer adds, if omitted. */
  around?: readonly [before: readonly number[], after: readonly number[]];
}

/**
 * The ids of a text for an encoder-decoder.
 *
 * @throws RangeError with both lengths if the text is longer than the model reads, unless it may be cut
 */
export function fitting(
  where: string,
  { tokenizer, textModel }: Pick<Loaded, "tokenizer"> & { textModel: TextModel },
  { text, around }: SourceText,
  truncation = false,
): readonly number[] {
  const limit = textModel.sizes.contextLength;
  if (around === undefined) return fittingOf(where, { tokenizer, limit }, text, { truncation }).ids;
  const [before, after] = around;
  const { ids } = tokenizer.encode(text, { special: false });
  const room = Math.max(0, limit - before.length - after.length);
  if (ids.length > room && !truncation)
    throw new RangeError(
      `${where}: the text has ${ids.length} tokens, more than the ${room} that the model reads beside ${limit - room} special ones; shorten it, or pass truncation: true`,
    );
  return [...before, ...ids.slice(0, room), ...after];
}
