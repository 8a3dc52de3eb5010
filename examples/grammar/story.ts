import { type Plot, pick, plotPieces, plotWords, type Random, tell } from "./grammar";
import { building } from "./plots/building";
import { cake } from "./plots/cake";
import { garden } from "./plots/garden";
import { journey } from "./plots/journey";
import { lostAndFound } from "./plots/lost";
import { quarrel } from "./plots/quarrel";
import { secret } from "./plots/secret";
import { storm } from "./plots/storm";

export const plots: readonly Plot[] = [lostAndFound, journey, quarrel, storm, secret, building, garden, cake];

/** Longer stories are drawn again, so that every story fits a small model's context. */
const longest = 110;

/**
 * A story of at most 110 words: a wish, an obstacle, help, and an ending that refers to the beginning.
 *
 * @example
 * story(random); // "Once upon a time a brave girl named Mia lived by the sea. …"
 */
export function story(random: Random): string {
  const plot = pick(random, plots);
  for (;;) {
    const text = tell(plot, random);
    if (text.split(" ").length <= longest) return text;
  }
}

export function storyWords(): Set<string> {
  return new Set(plots.flatMap((plot) => [...plotWords(plot)]));
}

let known: ReadonlySet<string> | undefined;

/** What the storyteller's tokenizer cuts stories into: words and marks, each with the space before it. */
export function storyPieces(): ReadonlySet<string> {
  known ??= new Set(plots.flatMap((plot) => [...plotPieces(plot)]));
  return known;
}
