import { pick, type Random } from "./grammar";
import type { Pair } from "./translation/clause";
import { simplePatterns } from "./translation/patterns";
import { complexPatterns } from "./translation/subordinate";

const patterns = [...simplePatterns, ...complexPatterns];
const longest = 14;

/**
 * A sentence in English and in German with the same meaning. The past is in the perfect tense, except
 * that "sein", "haben" and modal verbs use the preterite, as in spoken German.
 *
 * @example
 * sentencePair(random); // { source: "Today the fox sees a boat.", target: "Heute sieht der Fuchs ein Boot." }
 */
export function sentencePair(random: Random): Pair {
  for (;;) {
    const pair = pick(random, patterns)(random);
    const counts = [pair.source, pair.target].map((sentence) => sentence.split(" ").length);
    if (Math.max(...counts) <= longest) return pair;
  }
}
