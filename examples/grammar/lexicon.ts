import { clozeWords } from "./passage";
import { storyWords } from "./story";
import { pairWords } from "./translation/words";

/** All the words and punctuation marks of each generator, sorted by code unit. */
export interface Lexicon {
  readonly story: readonly string[];
  readonly cloze: readonly string[];
  readonly english: readonly string[];
  readonly german: readonly string[];
}

/** Derived from the grammar's own tables without sampling, so it contains every word that a generator can use. */
export function lexicon(): Lexicon {
  const { english, german } = pairWords();
  const sorted = (words: Iterable<string>) => [...words].sort();
  return {
    story: sorted(storyWords()),
    cloze: sorted(clozeWords()),
    english: sorted(english),
    german: sorted(german),
  };
}
