import { clozePlots, plainPlots } from "./cloze";
import { everyText } from "./every-text";
import { type Plot, pick, plotWords, type Random, tell, words } from "./grammar";
import { type Mood, moodPlots, moods } from "./mood";
import { type Part, partOf } from "./split";
import { characters } from "./world";

/** One to three sentences, with their mood if they surely have one. */
export interface Passage {
  readonly text: string;
  readonly mood: Mood | undefined;
}

/** A passage in which hidden words can be inferred from the others: a third of them are of a mood. */
export function passage(random: Random): Passage {
  if (random() < 0.35) {
    const mood = pick(random, moods);
    return { text: tell(moodPlots[mood], random), mood };
  }
  const plot = pick(random, clozePlots);
  return { text: tell(plot, random), mood: plainPlots.includes(plot) ? "neutral" : undefined };
}

export const cloze = (random: Random): string => passage(random).text;

const someone = new RegExp(characters.map(({ name }) => name).join("|"), "g");
const pronoun = /\b(he|she|him|her|his)\b/gi;

/**
 * The part of a passage: the same for all that differ only in names and pronouns. What is told of nobody, such as "A rose
 * is red, and a pumpkin is orange.", is a rule of this world that no other passage tells, and so always in training.
 */
export const partOfPassage = (text: string): Part =>
  text.search(someone) < 0 ? "training" : partOf(text.replace(someone, "Mia").replace(pronoun, "she"));

const allPlots: readonly Plot[] = [...new Set(clozePlots), ...Object.values(moodPlots)];

export function clozeWords(): Set<string> {
  return new Set(allPlots.flatMap((plot) => [...plotWords(plot)]));
}

/** A passage, and which of its words and marks is hidden. */
export interface HiddenPlace {
  readonly text: string;
  readonly place: number;
}

/** A passage with one word hidden, in parts as `words` splits it. */
const hidden = (parts: readonly string[], place: number): string => parts.with(place, "[MASK]").join(" ");

/** The words that fit each hidden place, so that the grammar could have written the passage. */
export function fittingWords(places: readonly HiddenPlace[], from: readonly Plot[] = allPlots): Set<string>[] {
  const found = new Map<string, Set<string>>(places.map(({ text, place }) => [hidden(words(text), place), new Set()]));
  for (const plot of from)
    for (const text of everyText(plot)) {
      const parts = words(text);
      for (const [place, word] of parts.entries()) found.get(hidden(parts, place))?.add(word);
    }
  return places.map(({ text, place }) => found.get(hidden(words(text), place))!);
}

export const moodExamples: readonly { readonly text: string; readonly mood: Mood }[] = [
  { text: "Mia lost her kite and cried.", mood: "sad" },
  { text: "Tom shouted, because he heard a lie.", mood: "angry" },
  { text: "First Anna trembled, but then she won the race and laughed.", mood: "happy" },
  { text: "Pip heard steps behind the door and hid under the bed.", mood: "afraid" },
  { text: "The boat sailed on the sea.", mood: "neutral" },
];

export const clozeExamples: readonly { readonly text: string; readonly expected: readonly string[] }[] = [
  { text: "Mia was [MASK], so she ate an apple.", expected: ["hungry"] },
  { text: "Tom slept all night, because [MASK] was tired.", expected: ["he"] },
  { text: "The boat sailed on the [MASK].", expected: ["sea"] },
  { text: "Without a [MASK], Leo could not open the door.", expected: ["key"] },
  { text: "It rained, so the grass was [MASK].", expected: ["wet"] },
  { text: "The [MASK] gave Anna some honey.", expected: ["bee"] },
  { text: "Ben gave the red ball to Rosa, and [MASK] thanked Ben.", expected: ["Rosa"] },
  { text: "A feather is light, but a stone is [MASK].", expected: ["heavy"] },
  { text: "Rosa was [MASK], because she lost her kite.", expected: ["sad"] },
  { text: "Max was [MASK], because he heard a wolf in the night.", expected: ["afraid"] },
  { text: "Pip lost his blue kite. When Ida found the [MASK], Pip was happy.", expected: ["kite"] },
];
