const CODE_POINTS = 0x110000;
const ALONE = 1;
const JOINS = 2;

/**
 * Characters that may belong to the same grapheme cluster as a neighbour: marks, joiners, jamo, flags, emoji modifiers,
 * a carriage return before a line feed, the vowels am of Thai and Lao, and prepended letters.
 */
const JOINING =
  /^[\p{M}\p{Cf}\p{Regional_Indicator}\p{Emoji_Modifier}\p{Grapheme_Extend}\r\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u0d4e\u{111c2}\u{111c3}\u{113d1}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}\u{16d63}\u{16d67}-\u{16d6a}]$/u;

/** A cache by code point; 0 if unknown. Allocated on first use. */
let known: Uint8Array | undefined;

function joins(codePoint: number): boolean {
  known ??= new Uint8Array(CODE_POINTS);
  if (known[codePoint] === 0) known[codePoint] = JOINING.test(String.fromCodePoint(codePoint)) ? JOINS : ALONE;
  return known[codePoint] === JOINS;
}

/**
 * The end of a stretch, after `start`, that ends at a safe cluster boundary: between two characters that cannot be
 * joined. This takes a hundredth of a segmenter's time.
 *
 * @see https://unicode.org/reports/tr29/
 */
export function clustersEnd(text: string, start: number): number {
  let codePoint = text.codePointAt(start) as number;
  let end = start;
  for (let joined = true; joined; ) {
    end += codePoint > 0xffff ? 2 : 1;
    if (end >= text.length) return text.length;
    const next = text.codePointAt(end) as number;
    joined = joins(codePoint) || joins(next);
    codePoint = next;
  }
  return end;
}

let segmenter: Intl.Segmenter | undefined;

/** The extended grapheme clusters of a text, in order. */
export function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
