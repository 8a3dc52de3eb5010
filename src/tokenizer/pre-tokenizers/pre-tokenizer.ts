import type { AlignedText } from "../aligned-text";

/** Splits text into the words that a model cuts into tokens. Characters between words may be dropped. */
export interface PreTokenizer {
  split(text: AlignedText): AlignedText[];
  /**
   * Start and end of the first word, of the second, and so on. Absent where splitting is more than cutting out words
   * and rewriting each by itself; where it is there, what becomes of a word can be remembered.
   */
  ranges?(text: string): number[];
  /** What becomes of a word that was cut out. */
  rewrite?(word: AlignedText): AlignedText;
}

/** A pre-tokenizer that cuts words out, and perhaps rewrites them. */
export function cutting(
  ranges: (text: string) => number[],
  rewrite?: (word: AlignedText) => AlignedText,
): PreTokenizer & { ranges(text: string): number[] } {
  return {
    ranges,
    ...(rewrite === undefined ? {} : { rewrite }),
    split(text) {
      const bounds = ranges(text.text);
      const words: AlignedText[] = [];
      for (let i = 0; i < bounds.length; i += 2) {
        const word = text.slice(bounds[i] as number, bounds[i + 1] as number);
        words.push(rewrite === undefined ? word : rewrite(word));
      }
      return words;
    },
  };
}

/** One after another. */
export function sequence(steps: readonly PreTokenizer[]): PreTokenizer {
  const last = steps.at(-1);
  const cuts = steps.every((step) => step.ranges !== undefined && (step === last || step.rewrite === undefined));
  if (cuts && last !== undefined)
    return cutting((text) => steps.reduce(cutFurther(text), [0, text.length]), last.rewrite);
  return { split: (text) => steps.reduce((pieces, step) => pieces.flatMap((piece) => step.split(piece)), [text]) };
}

function cutFurther(text: string): (bounds: number[], step: PreTokenizer) => number[] {
  return (bounds, step) => {
    const result: number[] = [];
    for (let i = 0; i < bounds.length; i += 2) {
      const from = bounds[i] as number;
      const inner = step.ranges?.(text.slice(from, bounds[i + 1])) ?? [];
      for (const bound of inner) result.push(from + bound);
    }
    return result;
  };
}
