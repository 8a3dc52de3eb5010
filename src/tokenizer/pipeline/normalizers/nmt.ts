import type { Normalizer } from "./normalizer";

const CHANGED = /[\p{Cc}\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu;
const SPACES = /[\t\n\f\r\P{Cc}]/u;
/** Control characters that are kept, among them U+0085, which is white space elsewhere. */
const KEPT = /[\0\x80-\x8e\x90-\x9e]/;

function clean(character: string): string {
  if (SPACES.test(character)) return " ";
  return KEPT.test(character) ? character : "";
}

/**
 * Google's cleaning for translation: removes most control characters, and turns line ends, tabs, joiners, directional
 * marks and byte order marks into spaces.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/builder.cc, BuildNmtNFKCMap
 */
export const nmtNormalizer: Normalizer = { normalize: (text) => text.mapCharacters(CHANGED, clean) };
