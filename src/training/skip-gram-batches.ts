import { type Check, type Checks, checkOptions, expectArray, numberIn, wholeIn, wrongKind } from "../checks";
import { knownAs } from "../synonyms";
import { type Ids, Random } from "../tensor";
import { type Draw, drawByWeight } from "./draw-by-weight";
import type { SkipGramBatch } from "./skip-gram";

/** How `skipGramBatches` draws words and their neighbours. */
export interface SkipGramOptions {
  /** The number of pairs in a batch. */
  pairs: number;
  /** How many words to either side count as near, at most: each time 1 to `window` are drawn; 5 if omitted. */
  window?: number | undefined;
  /** The number of words drawn at random for each pair; 5 if omitted. */
  negatives?: number | undefined;
  /**
   * Words more frequent than this share of the text are left out at random: of a word with the share f, √(subsampling /
   * f) remain. 0.001 if omitted; 1 keeps every word.
   */
  subsampling?: number | undefined;
  /** Negatives are drawn by count to this power; 0.75 if omitted. */
  power?: number | undefined;
}

const checks: Checks<SkipGramOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "pairs batchSize batchWords",
      "window windowSize contextSize",
      "negatives negative negativeSamples numNegatives numSampled",
      "subsampling sample subsample threshold samplingFactor",
      "power nsExponent distortion",
    ],
    advice: [
      ["pairs", "minCount", "leave rare words out of the texts instead"],
      ["pairs", "vectorSize dModel size", "the model has it: new SkipGram({ vocabSize, dModel })"],
    ],
  },
  {
    pairs: wholeIn({ least: 1, most: 2 ** 24 }),
    window: wholeIn({ least: 1 }),
    negatives: wholeIn({ least: 1, most: 2 ** 16 }),
    subsampling: numberIn({ above: 0, most: 1 }),
    power: numberIn({ least: -2, most: 2 }),
  },
);

const isId: Check = wholeIn({ least: 0, most: 2 ** 31 - 1 });

/** If this many draws in a row give no pair, hardly any words are left. */
const MOST_TRIES = 100_000;

/**
 * Batches of word pairs for `train`, a pure function of the batch's number and the generator: a word drawn from the
 * texts, the words near it, and words drawn at random for each. Frequent words are left out before the window is laid,
 * so that it then reaches further, as in word2vec.
 *
 * @param texts word ids of any length, [text][word]; a window does not reach into another text
 * @throws TypeError for texts or options of the wrong kind; RangeError for an option out of range, if no text has two
 * words, or if there is only one word to draw
 * @see Mikolov et al. 2013 (arXiv 1310.4546), sections 2.2 and 2.3
 * @example
 * ```ts
 * import { random } from "transformer-blocks";
 * import { skipGramBatches } from "transformer-blocks/training";
 * const batches = skipGramBatches([[0, 1, 2], [3, 1, 4]], { pairs: 8, negatives: 3, subsampling: 1 });
 * const { centers, contexts, negatives } = batches(0, random(1));
 * [centers.length, contexts.length, negatives.length, negatives[0]!.length]; // [8, 8, 8, 3]
 * ```
 */
export function skipGramBatches(texts: Ids, options: SkipGramOptions): (index: number, rng: Random) => SkipGramBatch {
  const corpus = corpusOf(texts);
  checkOptions("skipGramBatches", options, checks, ["pairs"]);
  const { pairs, window = 5, negatives = 5, subsampling = 0.001, power = 0.75 } = options;
  const { counts, words, ids } = corpus;
  const drawNegative = drawByWeight(counts.map((count) => count ** power));
  const kept = counts.map((count) => Math.sqrt((subsampling * words.length) / count));
  return (_index, rng) => {
    if (!(rng instanceof Random)) throw wrongKind("skipGramBatches", "rng", "a Random, such as random(1)", rng);
    const batch = { centers: [] as number[], contexts: [] as number[], negatives: [] as number[][] };
    const isKept = (word: number): boolean => kept[word]! >= 1 || rng.next() < kept[word]!;
    for (let tries = 0; batch.centers.length < pairs; tries++) {
      if (tries === MOST_TRIES)
        throw new RangeError(`skipGramBatches: subsampling ${subsampling} leaves almost no words; use a larger one`);
      const place = rng.integer(words.length);
      const center = words[place]!;
      if (!isKept(center)) continue;
      const reach = 1 + rng.integer(Math.min(window, words.length));
      for (const context of nearby(corpus, place, reach, isKept)) {
        if (batch.centers.length === pairs) break;
        const drawn = Array.from({ length: negatives }, () => otherThan(context, drawNegative, rng, ids.length));
        batch.centers.push(ids[center]!);
        batch.contexts.push(ids[context]!);
        batch.negatives.push(drawn.map((word) => ids[word]!));
        tries = 0;
      }
    }
    return batch;
  };
}

interface Corpus {
  /** All texts, end to end, as indices of `ids`; and the number of the text that each word is in. */
  words: Int32Array;
  texts: Int32Array;
  /** The different words, and how often each occurs. */
  ids: number[];
  counts: number[];
}

function corpusOf(texts: Ids): Corpus {
  expectArray("skipGramBatches", "texts", texts);
  const indices = new Map<number, number>();
  const counts: number[] = [];
  const words: number[] = [];
  const textOf: number[] = [];
  // Not forEach, which skips holes.
  for (let t = 0; t < texts.length; t++) {
    expectArray("skipGramBatches", `texts[${t}]`, texts[t]);
    for (let i = 0; i < texts[t]!.length; i++) {
      const word = texts[t]![i]!;
      isId("skipGramBatches", `texts[${t}][${i}]`, word);
      const index = indices.get(word) ?? indices.size;
      indices.set(word, index);
      counts[index] = (counts[index] ?? 0) + 1;
      words.push(index);
      textOf.push(t);
    }
  }
  if (!texts.some((text) => text.length > 1))
    throw new RangeError("skipGramBatches: no text has two words, so that none is near another; give longer texts");
  if (indices.size === 1)
    throw new RangeError("skipGramBatches: the texts are one word repeated; there is no other to draw as a negative");
  return { words: Int32Array.from(words), texts: Int32Array.from(textOf), ids: [...indices.keys()], counts };
}

/** The words that are kept of those to the left and right, `reach` on each side. */
function* nearby(
  { words, texts }: Corpus,
  place: number,
  reach: number,
  isKept: (word: number) => boolean,
): Generator<number> {
  for (const direction of [-1, 1]) {
    let found = 0;
    for (let at = place + direction; found < reach && texts[at] === texts[place]; at += direction) {
      const word = words[at]!;
      if (!isKept(word)) continue;
      found++;
      yield word;
    }
  }
}

/** A negative must not be the word that is near. If hardly any other is drawn, it is any other. */
function otherThan(word: number, draw: Draw, rng: Random, count: number): number {
  for (let tries = 0; tries < 100; tries++) {
    const drawn = draw(rng);
    if (drawn !== word) return drawn;
  }
  return (word + 1 + rng.integer(count - 1)) % count;
}
