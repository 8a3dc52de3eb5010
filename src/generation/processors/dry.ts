import { checkOptions } from "../../checks";
import type { DryOptions } from "../options";
import type { Processor } from "../processor";
import { dryChecks } from "./checks";
import { processorOf } from "./processor-of";
import { changed } from "./scores";

/**
 * DRY, "don't repeat yourself". Where the last L tokens of the row came before, L at least `allowedLength`, the token
 * that followed them there gets s − multiplier · base^(L − allowedLength), with the largest such L. A repetition does not
 * reach across a breaker, and breakers themselves are not punished.
 *
 * @throws TypeError or RangeError for options that are unknown, missing or out of range
 * @see p-e-w 2024, text-generation-webui, pull request 5677; llama.cpp follows the same definition
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const ids = [0, 1, 2, 0, 1];
 * const context = { ids, source: [0], step: 4, limit: 5, last: true, random: undefined, memory: new Map() };
 * processors.dry({ multiplier: 0.5 })(Float32Array.of(4, 4, 4), context); // Float32Array [4, 4, 3.5]
 * ```
 */
export function dry(options: DryOptions): Processor {
  checkOptions("dry", options, dryChecks, ["multiplier"]);
  const { multiplier, base = 1.75, allowedLength = 2, range = Number.POSITIVE_INFINITY } = options;
  const breakers = new Set(options.breakers);
  return processorOf("dry", ["ids"], (scores, { ids }) => {
    const lengths = repetitions(ids.slice(-range), breakers);
    const punished = [...lengths.keys()].filter((id) => lengths.get(id)! >= allowedLength);
    if (multiplier === 0 || punished.length === 0) return scores;
    // A power that overflows must not exclude every token.
    const penalty = (id: number) => Math.min(multiplier * base ** (lengths.get(id)! - allowedLength), 1e30);
    return changed(scores, punished, (score, id) => score - penalty(id));
  });
}

/** For each token that continues a repetition, the length of the longest. */
function repetitions(ids: readonly number[], breakers: ReadonlySet<number>): Map<number, number> {
  const backwards = [...ids].reverse();
  const broken = backwards.findIndex((id) => breakers.has(id));
  const longest = broken < 0 ? backwards.length : broken;
  const lengths = new Map<number, number>();
  prefixLengths(backwards).forEach((same, at) => {
    const next = backwards[at - 1];
    if (next === undefined || same === 0 || breakers.has(next)) return;
    lengths.set(next, Math.max(lengths.get(next) ?? 0, Math.min(same, longest)));
  });
  return lengths;
}

/**
 * For each place, how many ids from there on equal the first ones, in linear time. At place 0 that is 0.
 *
 * @see Gusfield 1997, Algorithms on Strings, Trees and Sequences, section 1.4, the Z algorithm
 */
function prefixLengths(ids: readonly number[]): Uint32Array {
  const lengths = new Uint32Array(ids.length);
  let [start, end] = [0, 0];
  for (let at = 1; at < ids.length; at++) {
    let same = at < end ? Math.min(end - at, lengths[at - start]!) : 0;
    while (at + same < ids.length && ids[same] === ids[at + same]) same++;
    if (at + same > end) [start, end] = [at, at + same];
    lengths[at] = same;
  }
  return lengths;
}
