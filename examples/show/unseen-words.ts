import type { Encoding } from "transformer-blocks/tokenizer";

/** A word of a text, and the places of its tokens. */
export interface Word {
  text: string;
  places: Encoding["offsets"][number][];
}

/** The words of a text, as its tokenizer divides it, and special tokens. White space before a word belongs to it. */
export function wordsOf(text: string, { offsets, words }: Pick<Encoding, "offsets" | "words">): Word[] {
  const places = new Map<unknown, Word["places"]>();
  words.forEach((word, i) => {
    const key = word ?? `special token ${i}`;
    places.set(key, [...(places.get(key) ?? []), offsets[i]!]);
  });
  return [...places.values()].map((of) => ({ text: text.slice(of[0]![0], of.at(-1)![1]), places: of }));
}

/** The words without white space, each once. */
export const distinct = (words: readonly Word[]): string[] => [...new Set(words.map(({ text }) => text.trim()))];

/** How many words are named, and how many characters of each. */
const MOST = 5;
const LONGEST = 30;

/** The beginning of a sentence that helps, instead of a story that makes no sense. */
export function neverSeen(words: readonly string[]): string {
  const named = words.slice(0, MOST).map((word) => `“${[...word].slice(0, LONGEST).join("")}”`);
  const more = words.length > MOST ? ` and ${words.length - MOST} more` : "";
  return `The storyteller has never seen ${named.join(", ")}${more}`;
}
