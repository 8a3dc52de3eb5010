import type { ScoredToken } from "../pipeline";

export interface SeedSettings {
  /** The maximum number of characters of a piece. */
  maxPieceLength: number;
  /** The maximum number of pieces. */
  seedSize: number;
}

/** Follows every word: a code point assumed not to occur in words. */
const END = 0;

/**
 * The initial pieces: all characters, most frequent first, then every string of at least two characters that occurs in
 * words twice with different continuations (the inner nodes of the words' suffix tree), sorted by how many characters
 * they cover. Scores are log probabilities. Except for single characters, each word counts once, whatever its
 * frequency.
 *
 * @see https://arxiv.org/abs/1804.10959, section 3.2 (step 1)
 */
export function seedPieces(
  counts: ReadonlyMap<string, number>,
  { maxPieceLength, seedSize }: SeedSettings,
): ScoredToken[] {
  const frequencies = new Map<number, number>();
  const points: number[] = [];
  for (const [word, count] of counts) {
    for (const character of word) {
      const point = character.codePointAt(0) as number;
      points.push(point);
      if (point !== END) frequencies.set(point, (frequencies.get(point) ?? 0) + count);
    }
    points.push(END);
  }
  const pieces: [string, number][] = [...frequencies]
    .sort(([a, m], [b, n]) => n - m || b - a)
    .map(([point, count]) => [String.fromCodePoint(point), count]);
  const text = Uint32Array.from(points);
  const repeats = repeatedStrings(text, maxPieceLength);
  repeats.sort(
    (a, b) => b.score - a.score || compare(text, b.start, a.start, Math.min(a.length, b.length)) || b.length - a.length,
  );
  for (const { start, length, score } of repeats) {
    pieces.push([String.fromCodePoint(...text.subarray(start, start + length)), score]);
    if (pieces.length >= seedSize) break;
  }
  const logSum = Math.log(pieces.reduce((sum, [, score]) => sum + score, 0));
  return pieces.map(([piece, score]) => [piece, Math.log(score) - logSum]);
}

interface Repeat {
  start: number;
  length: number;
  /** The frequency times the length. */
  score: number;
}

/** Compares two positions by up to `length` code points; words that end are equal from there. */
function compare(text: Uint32Array, a: number, b: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const point = text[a + i] as number;
    const difference = point - (text[b + i] as number);
    if (difference !== 0 || point === END) return difference;
  }
  return 0;
}

/** The inner nodes of the suffix tree, from the sorted suffixes and their common prefix lengths. */
function repeatedStrings(text: Uint32Array, maxLength: number): Repeat[] {
  const depth = maxLength + 1;
  const suffixes = Uint32Array.from(text.keys()).sort((a, b) => compare(text, a, b, depth));
  const shared = (i: number): number => {
    if (i === suffixes.length) return 0;
    const [a, b] = [suffixes[i - 1] as number, suffixes[i] as number];
    let length = 0;
    while (length < depth && text[a + length] === text[b + length]) {
      length++;
      if (text[a + length - 1] === END) break;
    }
    return length;
  };
  const repeats: Repeat[] = [];
  const open: { from: number; length: number }[] = [];
  for (let i = 1; i <= suffixes.length; i++) {
    const length = shared(i);
    let from = i - 1;
    for (let top = open.at(-1); top !== undefined && top.length > length; top = open.at(-1)) {
      open.pop();
      from = top.from;
      const start = suffixes[from] as number;
      if (top.length < 2 || top.length > maxLength || text[start + top.length - 1] === END) continue;
      repeats.push({ start, length: top.length, score: (i - from) * top.length });
    }
    if (length > 0 && (open.at(-1)?.length ?? 0) < length) open.push({ from, length });
  }
  return repeats;
}
