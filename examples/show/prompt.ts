import type { Tokenizer } from "transformer-blocks/tokenizer";
import { heroes, lexicon, storyPieces } from "../grammar";
import { distinct, neverSeen, wordsOf } from "./unseen-words";

/** The words of a text that the storyteller has never seen: it would read them byte by byte. */
export function unknownWords(tokenizer: Tokenizer, text: string): string[] {
  const known = storyPieces();
  return distinct(wordsOf(text, tokenizer.encode(text)).filter((word) => !known.has(word.text)));
}

/** What the demo says of such words. */
export function explained(unknown: readonly string[]): string {
  const some = heroes.slice(0, 6).map(({ name }) => name);
  return `${neverSeen(unknown)} at this place in a story: its world has ${lexicon().story.length} words.
Begin as one of its stories does: “Once upon a time”, “Long ago a brave girl named Mia” or “Pip was a curious fox who”.
Some of its heroes: ${some.join(", ")}.`;
}
