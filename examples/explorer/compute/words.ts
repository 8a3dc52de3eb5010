import type { Tensor } from "transformer-blocks";
import { analogy, type SimilarWord } from "transformer-blocks/inspect";
import type { Tokenizer } from "transformer-blocks/tokenizer";
import { type Point, principalPlane, unit } from "./plane";

/** A vector for each word of a vocabulary. */
export interface Words {
  vectors: Tensor;
  tokenizer: Tokenizer;
}

/** a is to b as c is to what? */
export type Question = readonly [a: string, b: string, c: string];

export const QUESTIONS: readonly Question[] = [
  ["king", "man", "woman"],
  ["Paris", "France", "Italy"],
  ["walked", "walk", "swim"],
  ["cats", "cat", "mouse"],
  ["son", "uncle", "aunt"],
];

export interface PlacedWord extends Point {
  word: string;
}

/** The answer to an analogy, and where its words lie in a plane. */
export interface Answer {
  /** The words nearest to a − b + c. */
  answers: SimilarWord[];
  /** a, b, c, then the answers. */
  places: PlacedWord[];
  /** a − b + c. */
  goal: Point;
}

const ANSWERS = 4;

/** @throws RangeError that names a word without a vector */
export function answerTo(words: Words, [a, b, c]: Question): Answer {
  const answers = analogy(words, a, b, c, { top: ANSWERS });
  const shown = [a, b, c, ...answers.map(({ word }) => word)];
  const directions = shown.map((word) => directionOf(words, word));
  const [from, less, more] = directions as [Float64Array, Float64Array, Float64Array];
  const sum = from.map((x, i) => x - less[i]! + more[i]!);
  const points = principalPlane([...directions, sum]);
  return { answers, places: shown.map((word, i) => ({ word, ...points[i]! })), goal: points.at(-1)! };
}

function directionOf({ vectors, tokenizer }: Words, word: string): Float64Array {
  const id = tokenizer.encode(word, { special: false }).ids[0]!;
  const size = vectors.shape[1]!;
  return unit(vectors.data.subarray(id * size, (id + 1) * size));
}

/** The words of the vocabulary, for suggestions while typing. */
export function knownWords({ tokenizer }: Words): string[] {
  const all = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.idToToken(id) ?? "");
  return all.filter((word) => /^\p{L}{2,}$/u.test(word));
}
