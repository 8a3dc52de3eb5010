import type { Normalizer } from "./normalizer";

const CHANGED = /[\p{Cc}\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu;
const SPACES = /[\t\n\f\r\P{Cc}]/u;
/** Controls that stay, among them U+0085, which is white space elsewhere. */
const KEPT = /[\0\x80-\x8e\x90-\x9e]/;

function clean(character: string): string {
  if (SPACES.test(character)) return " ";
  return KEPT.test(character) ? character : "";
}

/**
 * Google's cleaning for translation: most controls go, and line ends, tabs, joiners, marks of direction and byte order
 * become spaces.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/builder.cc, BuildNmtNFKCMap
 */
export const nmtNormalizer: Normalizer = { normalize: (text) => text.mapCharacters(CHANGED, clean) };
