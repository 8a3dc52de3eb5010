import type { Random } from "../tensor";

/** Draws an index. */
export type Draw = (rng: Random) => number;

/**
 * Draws indices with probabilities proportional to weights: two random numbers and one comparison each.
 *
 * @see Vose 1991, A Linear Algorithm for Generating Random Numbers with a Given Distribution (the alias method)
 */
export function drawByWeight(weights: readonly number[]): Draw {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Each index has a column of height 1: its own share below, that of its alias above.
  const share = weights.map((weight) => (weight / total) * weights.length);
  const alias = Int32Array.from(share.keys());
  const small = [...share.keys()].filter((i) => share[i]! < 1);
  const large = [...share.keys()].filter((i) => share[i]! >= 1);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    alias[low] = high;
    share[high]! -= 1 - share[low]!;
    if (share[high]! < 1) small.push(large.pop()!);
  }
  // Rounding may leave columns without an alias; they are full.
  for (const i of [...small, ...large]) share[i] = 1;
  return (rng) => {
    const column = rng.integer(weights.length);
    return rng.next() < share[column]! ? column : alias[column]!;
  };
}
