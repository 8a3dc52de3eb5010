import { roomFor } from "../../tensor/internal";

const { NEGATIVE_INFINITY: excluded } = Number;

/** The highest score. Four at a time: few are higher than all before them. */
export function maximum(scores: Float32Array): number {
  let best = excluded;
  const whole = scores.length & ~3;
  for (let i = 0; i < whole; i += 4)
    if (scores[i]! > best || scores[i + 1]! > best || scores[i + 2]! > best || scores[i + 3]! > best)
      for (let of4 = i; of4 < i + 4; of4++) if (scores[of4]! > best) best = scores[of4]!;
  for (let i = whole; i < scores.length; i++) if (scores[i]! > best) best = scores[i]!;
  return best;
}

/** Without these tokens. Ids outside the vocabulary are ignored: an embedding may be larger than the head. */
export function without(scores: Float32Array, ids: Iterable<number>): Float32Array {
  const left = scores.slice();
  for (const id of ids) if (id < left.length) left[id] = excluded;
  return left;
}

/** The largest float32. */
export const LARGEST = 3.4028234663852886e38;
const SMALLEST = 2 ** -149;

/** The nearest finite float32: what overflows decides as well where it is the largest. −∞ stays, it excludes. */
export const float32 = (value: number): number =>
  value === excluded ? value : Math.fround(Math.min(Math.max(value, -LARGEST), LARGEST));

/** The same above 0, to divide by. */
export const positive32 = (value: number): number => Math.max(float32(value), SMALLEST);

/** Each of these tokens once, with a new score. */
export function changed(
  scores: Float32Array,
  ids: Iterable<number>,
  change: (score: number, id: number) => number,
): Float32Array {
  const after = scores.slice();
  for (const id of ids) if (id < after.length) after[id] = float32(change(scores[id]!, id));
  return after;
}

/** These tokens alone, with equal scores. */
export function only(scores: Float32Array, ids: readonly number[]): Float32Array {
  const left = new Float32Array(scores.length).fill(excluded);
  for (const id of ids) if (id < left.length) left[id] = 0;
  return left;
}

/** How many scores are at least this. */
export function countFrom(scores: Float32Array, bound: number): number {
  let count = 0;
  for (let id = 0; id < scores.length; id++) if (scores[id]! >= bound) count++;
  return count;
}

/** How many numbers are above this. */
export function countAbove(numbers: Float32Array, bound: number): number {
  let count = 0;
  for (let id = 0; id < numbers.length; id++) if (numbers[id]! > bound) count++;
  return count;
}

/** Without the scores below a bound. */
export function from(scores: Float32Array, bound: number): Float32Array {
  const left = roomFor(scores.length);
  for (let id = 0; id < left.length; id++) left[id] = scores[id]! < bound ? excluded : scores[id]!;
  return left;
}

/** The same scores without the first `count` that equal one. */
export function withoutFirst(scores: Float32Array, score: number, count: number): Float32Array {
  for (let left = count, id = scores.indexOf(score); left > 0; left--, id = scores.indexOf(score, id + 1))
    scores[id] = excluded;
  return scores;
}

/** Without the tokens that `goes` names. */
export function filtered(scores: Float32Array, goes: (id: number) => boolean): Float32Array {
  const left = roomFor(scores.length);
  for (let id = 0; id < left.length; id++) left[id] = goes(id) ? excluded : scores[id]!;
  return left;
}
