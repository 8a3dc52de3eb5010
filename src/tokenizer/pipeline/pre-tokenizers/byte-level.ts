import { type AlignedText, type Pattern, REWRITTEN, scanGpt2, toByteCharacters } from "../../text";

import { cutting, type PreTokenizer } from "./pre-tokenizer";

/** Text in GPT-2's byte alphabet. */
export const inBytes = (text: AlignedText): AlignedText => text.mapCharacters(REWRITTEN, toByteCharacters);

/** The words matched by a pattern, in GPT-2's byte alphabet. */
export const wordsInBytes = (pattern: Pattern | undefined): PreTokenizer => cutting(pattern, inBytes);

/**
 * GPT-2's words, in its byte alphabet.
 *
 * @see https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */
export function byteLevel(settings: { addPrefixSpace: boolean; useRegex: boolean }): PreTokenizer {
  const words = wordsInBytes(settings.useRegex ? scanGpt2 : undefined);
  if (!settings.addPrefixSpace) return words;
  return { ...words, prepare: (text) => (text.text.startsWith(" ") ? text : text.prepend(" ")) };
}
