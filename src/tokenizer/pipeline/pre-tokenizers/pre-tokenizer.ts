import type { AlignedText, Ranges } from "../../text";

/** Splits text into the words that a model splits into tokens, in three optional steps. */
export interface PreTokenizer {
  /** Rewrites the whole text. */
  prepare?: ((text: AlignedText) => AlignedText) | undefined;
  /** The start and end of each stretch, in order; the text between them is dropped. */
  ranges?: ((text: string) => Ranges) | undefined;
  /** The words of a single stretch: this can be cached. */
  words?: ((stretch: AlignedText) => AlignedText[]) | undefined;
  /** Whether the result depends on being at the start of the original text. */
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

/** A pre-tokenizer that extracts words, and optionally rewrites them. */
export function cutting(ranges: PreTokenizer["ranges"], rewrite?: (word: AlignedText) => AlignedText): PreTokenizer {
  return { ranges, words: rewrite && ((stretch) => [rewrite(stretch)]) };
}

/** Applies pre-tokenizers in order. */
export function sequence(steps: readonly PreTokenizer[]): PreTokenizer {
  // Cuts come first; from the first step that rewrites, each works on the words of the previous ones.
  let cutting = 0;
  while (cutting < steps.length && steps[cutting]?.prepare === undefined && steps[cutting]?.words === undefined)
    cutting++;
  const last = steps[cutting];
  const cutsToo = last !== undefined && last.prepare === undefined;
  const cuts = steps.slice(0, cutsToo ? cutting + 1 : cutting).flatMap(({ ranges }) => ranges ?? []);
  const rest = steps.slice(cutsToo ? cutting + 1 : cutting);
  const first = cutsToo ? last.words : undefined;
  return {
    ranges: cuts.length === 0 ? undefined : (text) => cutAll(cuts, text),
    words: rest.length === 0 ? first : (stretch) => splitAll(rest, first?.(stretch) ?? [stretch]),
    startMatters: steps.some((step) => step.startMatters === true),
  };
}

/** A loop, because a file may have a thousand steps. */
function splitAll(steps: readonly PreTokenizer[], words: AlignedText[]): AlignedText[] {
  return steps.reduce((current, step) => current.flatMap((word) => splitText(step, word)), words);
}

function cutAll([first, ...others]: readonly ((text: string) => Ranges)[], text: string): Ranges {
  return others.reduce((outer, cut) => cutAgain(outer, cut, text), first?.(text) ?? [0, text.length]);
}

function cutAgain(outer: Ranges, cut: (text: string) => Ranges, text: string): Ranges {
  const result: number[] = [];
  for (let i = 0; i < outer.length; i += 2) {
    const from = outer[i] as number;
    const inner = cut(text.slice(from, outer[i + 1]));
    for (let bound = 0; bound < inner.length; bound++) result.push(from + (inner[bound] as number));
  }
  return result;
}
