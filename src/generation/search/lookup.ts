/**
 * Up to `count` tokens that followed the last tokens of a text earlier in it: of the longest n-gram that occurs before,
 * the latest place with enough tokens after it, or else the earliest.
 *
 * @see Saxena 2023, Prompt Lookup Decoding (github.com/apoorvumang/prompt-lookup-decoding)
 */
export function earlierContinuation(text: readonly number[], count: number, maxNgram: number): readonly number[] {
  if (count <= 0) return [];
  for (let n = Math.min(maxNgram, text.length - 1); n > 0; n--) {
    const places = placesBefore(text, n);
    const place = places.findLast((at) => at + count <= text.length) ?? places[0];
    if (place !== undefined) return text.slice(place, place + count);
  }
  return [];
}

/** Where the last n tokens have ended before. */
function placesBefore(text: readonly number[], n: number): number[] {
  const last = text.length - n;
  const places: number[] = [];
  for (let at = 0; at < last; at++) {
    let same = 0;
    while (same < n && text[at + same] === text[last + same]) same++;
    if (same === n) places.push(at + n);
  }
  return places;
}
