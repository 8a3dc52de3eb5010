import type { Tokenizer } from "transformer-blocks/tokenizer";
import { heroes, lexicon, storyPieces } from "../grammar";

/** The words of a text that the storyteller has never seen: it would read them byte by byte. */
export function unknownWords(tokenizer: Tokenizer, text: string): string[] {
  const { words, offsets } = tokenizer.encode(text);
  const known = storyPieces();
  const spans = new Map<number | null, [start: number, end: number]>();
  words.forEach((word, i) => {
    const [start, end] = offsets[i]!;
    spans.set(word, [spans.get(word)?.[0] ?? start, end]);
  });
  const parts = [...spans.values()].map(([start, end]) => text.slice(start, end));
  return [...new Set(parts.filter((part) => !known.has(part)).map((part) => part.trim()))];
}

/** A sentence that helps, instead of a story that makes no sense. */
export function explained(unknown: readonly string[]): string {
  const shown = unknown.slice(0, 5).map((word) => `"${[...word].slice(0, 30).join("")}"`);
  const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : "";
  const some = heroes.slice(0, 6).map(({ name }) => name);
  return `The storyteller has never seen ${shown.join(", ")}${more} at this place in a story: its world has ${lexicon().story.length} words.
Begin as one of its stories does: "Once upon a time", "Long ago a brave girl named Mia" or "Pip was a curious fox who".
Some of its heroes: ${some.join(", ")}.`;
}
