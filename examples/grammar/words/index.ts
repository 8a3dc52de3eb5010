import { capitalize, type Plot, pick, plotWords, type Random, tell, words } from "../grammar";
import { nounPlots } from "./nouns";
import { peoplePlots } from "./people";
import { placePlots } from "./places";
import { verbPlots } from "./verbs";

export { type Analogy, allAnalogies, analogies, analogyKinds } from "./analogies";

/** People, places, verbs and nouns, each as often as the others. */
const topics: readonly (readonly Plot[])[] = [peoplePlots, placePlots, verbPlots, nounPlots];

const draw = (random: Random): string => tell(pick(random, pick(random, topics)), random);

/**
 * A sentence about people, places, what somebody does, or things. Words that differ in one way, such as king and queen,
 * stand in sentences that differ only in that way. No sentence says how two words are related.
 *
 * @example
 * sentence(random); // "The queen had a golden crown."
 */
export const sentence = (random: Random): string => `${capitalize(draw(random))}.`;

/** The words of such a sentence as a dictionary has them: without marks, and only names with a capital letter. */
export const sentenceInWords = (random: Random): string[] => words(draw(random)).filter((word) => /\p{L}/u.test(word));

/** All words of these sentences, as a dictionary has them. */
export function sentenceWords(): Set<string> {
  const all = topics.flat().flatMap((plot) => [...plotWords(plot)]);
  return new Set(all.filter((word) => /\p{L}/u.test(word)));
}
