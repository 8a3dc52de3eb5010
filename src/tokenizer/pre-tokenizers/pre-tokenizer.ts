import type { AlignedText } from "../aligned-text";
import type { Ranges } from "../scanners/scan";

/** Splits text into the words that a model cuts into tokens, in three steps of which each may be left out. */
export interface PreTokenizer {
  /** Rewrites all of the text. */
  prepare?: ((text: AlignedText) => AlignedText) | undefined;
  /** Start and end of the first stretch, of the second, and so on; what lies between is dropped. */
  ranges?: ((text: string) => Ranges) | undefined;
  /** What becomes of a stretch, by itself: this can be remembered. */
  words?: ((stretch: AlignedText) => AlignedText[]) | undefined;
  /** Whether it makes a difference that something stands at the very start of the original text. */
  startMatters?: boolean;
}

/** The words of a text. */
export function splitText({ prepare, ranges, words }: PreTokenizer, text: AlignedText): AlignedText[] {
  const prepared = prepare?.(text) ?? text;
  if (ranges === undefined) return words?.(prepared) ?? [prepared];
  const bounds = ranges(prepared.text);
  const found: AlignedText[] = [];
  for (let i = 0; i < bounds.length; i += 2) {
    const stretch = prepared.slice(bounds[i] as number, bounds[i + 1] as number);
    if (words === undefined) found.push(stretch);
    else for (const word of words(stretch)) found.push(word);
  }
  return found;
}

/** A pre-tokenizer that cuts words out, and perhaps rewrites them. */
export function cutting(ranges: PreTokenizer["ranges"], rewrite?: (word: AlignedText) => AlignedText): PreTokenizer {
  return { ranges, words: rewrite && ((stretch) => [rewrite(stretch)]) };
}

/** One after another. */
export function sequence(steps: readonly PreTokenizer[]): PreTokenizer {
  return steps.reduce(followed, {});
}

function followed(first: PreTokenizer, next: PreTokenizer): PreTokenizer {
  const { prepare, ranges, words } = first;
  const startMatters = first.startMatters === true || next.startMatters === true;
  const split = (stretch: AlignedText): AlignedText[] => splitText(next, stretch);
  if (words !== undefined) {
    return { prepare, ranges, words: (stretch) => words(stretch).flatMap(split), startMatters };
  }
  if (next.prepare !== undefined) return { prepare, ranges, words: split, startMatters };
  return { prepare, ranges: cutTwice(ranges, next.ranges), words: next.words, startMatters };
}

function cutTwice(first: PreTokenizer["ranges"], second: PreTokenizer["ranges"]): PreTokenizer["ranges"] {
  if (first === undefined || second === undefined) return first ?? second;
  return (text) => {
    const outer = first(text);
    const result: number[] = [];
    for (let i = 0; i < outer.length; i += 2) {
      const from = outer[i] as number;
      const inner = second(text.slice(from, outer[i + 1]));
      for (let bound = 0; bound < inner.length; bound++) result.push(from + (inner[bound] as number));
    }
    return result;
  };
}
