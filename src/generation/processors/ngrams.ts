import type { Processor } from "../processor";
import { count } from "./checks";
import { processorOf } from "./processor-of";
import { without } from "./scores";

/**
 * No sequence of n tokens is repeated within a row, the prompt included; 0 allows all.
 *
 * @throws TypeError or RangeError unless n is a whole number of 0 or more
 * @see Paulus et al. 2017 (arXiv 1705.04304), section 2.5
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0, 1, 0], source: [0], step: 2, limit: 3, last: true, random: undefined, memory: new Map() };
 * processors.noRepeatNgram(2)(Float32Array.of(4, 4), context); // Float32Array [4, -Infinity]
 * ```
 */
export function noRepeatNgram(n: number): Processor {
  count("noRepeatNgram", "n", n);
  return processorOf("noRepeatNgram", ["ids"], (scores, { ids }) => without(scores, following(ids, ids, n)));
}

/**
 * No sequence of n tokens of the source (of the prompt, for a decoder) is repeated; 0 allows all.
 *
 * @throws TypeError or RangeError unless n is a whole number of 0 or more
 * @see Roller et al. 2020 (arXiv 2004.13637), section 4.3
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0, 1], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.encoderNoRepeatNgram(2)(Float32Array.of(4, 4), context); // Float32Array [4, -Infinity]
 * ```
 */
export function encoderNoRepeatNgram(n: number): Processor {
  count("encoderNoRepeatNgram", "n", n);
  return processorOf("encoderNoRepeatNgram", ["ids", "source"], (scores, { ids, source }) =>
    without(scores, following(source, ids, n)),
  );
}

/** The tokens that follow the last n − 1 ids somewhere in a text. */
function following(text: readonly number[], ids: readonly number[], n: number): number[] {
  const start = ids.length - n + 1;
  if (n === 0 || start < 0) return [];
  const found: number[] = [];
  for (let at = 0; at + n <= text.length; at++) {
    let same = 0;
    while (same < n - 1 && text[at + same] === ids[start + same]) same++;
    if (same === n - 1) found.push(text[at + same]!);
  }
  return found;
}
