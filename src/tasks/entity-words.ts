import type { Tokenizer } from "../tokenizer";
import type { Window } from "./windows";

/** How the tokens of a word get one label. */
export type Aggregation = "none" | "simple" | "first" | "average" | "max";

/** A token with the probabilities of its labels. */
export interface Tagged {
  start: number;
  end: number;
  probabilities: Float32Array;
  /** Whether it goes on with the word of the token before. */
  continues: boolean;
}

/** A part of a text with its label. */
export interface Labelled {
  start: number;
  end: number;
  label: string;
  score: number;
}

/** The text's tokens in order, each from the window with the most tokens on both of its sides. */
export function taggedOf(
  tokenizer: Tokenizer,
  text: string,
  windows: readonly Window[],
  scores: readonly Float32Array[],
): Tagged[] {
  const tokens: (Tagged & { margin: number })[] = [];
  const isSubword = subwordsOf(tokenizer, text);
  windows.forEach((window, w) => {
    const { special, offsets, start: before } = window;
    const labels = scores[w]!.length / special.length;
    const places = special.flatMap((one, place) => (one === 0 ? [place] : []));
    places.forEach((place, i) => {
      const margin = Math.min(i, places.length - 1 - i);
      if ((tokens[before + i]?.margin ?? -1) >= margin) return;
      const [start, end] = offsets[place]!;
      const probabilities = scores[w]!.subarray(place * labels, (place + 1) * labels);
      tokens[before + i] = { start, end, probabilities, continues: isSubword(window, place), margin };
    });
  });
  return tokens;
}

/**
 * Whether a token goes on with the word of the token before: with a prefix for such tokens (`##ing`), by the words that the
 * tokenizer divides the text into; otherwise if there is no space between both.
 */
function subwordsOf(tokenizer: Tokenizer, text: string): (window: Window, place: number) => boolean {
  if (hasPrefix(tokenizer))
    return ({ words, special }, place) => special[place - 1] === 0 && words[place] === words[place - 1];
  return ({ offsets }, place) => {
    const [start] = offsets[place]!;
    return start > 0 && !text.slice(start - 1, start + 1).includes(" ");
  };
}

const prefixes = /* @__PURE__ */ new WeakMap<Tokenizer, boolean>();

/** Whether the tokens inside of words have a prefix. */
function hasPrefix(tokenizer: Tokenizer): boolean {
  const known = prefixes.get(tokenizer);
  if (known !== undefined) return known;
  const { continuing_subword_prefix: prefix } = tokenizer.toJson().model as { continuing_subword_prefix?: unknown };
  const found = typeof prefix === "string" && prefix !== "";
  prefixes.set(tokenizer, found);
  return found;
}

/** Tokens, in the words that they belong to. */
export function wordsOf(tokens: readonly Tagged[]): Tagged[][] {
  const words: Tagged[][] = [];
  for (const token of tokens) {
    if (token.continues && words.length > 0) words.at(-1)!.push(token);
    else words.push([token]);
  }
  return words;
}

/** The label of a word and its probability. */
export function labelOf(word: readonly Tagged[], aggregation: Aggregation): { label: number; score: number } {
  if (aggregation === "average")
    return best(
      word[0]!.probabilities.map(
        (_, label) => word.reduce((sum, { probabilities }) => sum + probabilities[label]!, 0) / word.length,
      ),
    );
  const all = word.map(({ probabilities }) => best(probabilities));
  return aggregation === "max" ? all.reduce((most, one) => (one.score > most.score ? one : most)) : all[0]!;
}

function best(probabilities: Float32Array): { label: number; score: number } {
  const score = Math.max(...probabilities);
  return { label: probabilities.indexOf(score), score };
}

/** Merges neighbours of the same kind: B- begins a new one, and a label without B- or I- goes on with its like. */
export function groupsOf(words: readonly Labelled[]): Labelled[] {
  const groups: Labelled[][] = [];
  for (const word of words) {
    const before = groups.at(-1)?.at(-1);
    if (before !== undefined && !word.label.startsWith("B-") && kindOf(word.label) === kindOf(before.label))
      groups.at(-1)!.push(word);
    else groups.push([word]);
  }
  return groups.map((group) => ({
    start: group[0]!.start,
    end: group.at(-1)!.end,
    label: group[0]!.label.replace(/^[^-]*-/, ""),
    score: group.reduce((sum, { score }) => sum + score, 0) / group.length,
  }));
}

const kindOf = (label: string): string => label.replace(/^[BI]-/, "");
