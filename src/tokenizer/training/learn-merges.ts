import type { MergePair } from "../pipeline";
import { Heap, ID_LIMIT } from "../vocabulary";

import { type AlphabetSettings, Symbols } from "./word-symbols";

export interface MergeSettings extends AlphabetSettings {
  vocabSize: number;
  minFrequency: number;
  /** The maximum number of characters of a token; unlimited if undefined. */
  maxTokenLength?: number | undefined;
  onMerge?: ((tokens: number) => void) | undefined;
}

export interface LearnedMerges {
  /** Tokens by id. */
  tokens: readonly string[];
  merges: MergePair[];
}

/** A pair with its count when it was queued, and the words in which it was new. */
interface Candidate {
  readonly pair: number;
  readonly count: number;
  readonly words: ReadonlySet<number>;
}

/** Most frequent first; if equal, lower ids first. */
function comesBefore(a: Candidate, b: Candidate): boolean {
  return a.count === b.count ? a.pair < b.pair : a.count > b.count;
}

/**
 * Learns merges from words and their frequencies.
 *
 * Pair counts are updated after each merge, and only words that contain the pair are visited. Queued counts may be
 * stale: they are corrected when dequeued.
 */
export function learnMerges(counts: ReadonlyMap<string, number>, settings: MergeSettings): LearnedMerges {
  const { prefix = "", maxTokenLength = Number.POSITIVE_INFINITY } = settings;
  const symbols = new Symbols(counts, settings);
  const { names } = symbols;
  const pairs = new PairCounts(symbols.words, [...counts.values()], {
    lengths: names.map(() => 1),
    // In the reference, merged tokens are shorter than the limit, although it is called a maximum.
    lengthLimit: maxTokenLength,
  });

  const merges: MergePair[] = [];
  while (symbols.size < settings.vocabSize) {
    const pair = pairs.mostFrequent(settings.minFrequency);
    if (pair === undefined) break;
    const [left, right] = pair.ids.map((id) => names[id]) as [string, string];
    merges.push([left, right]);
    pairs.merge(pair, symbols.id(left + (right.startsWith(prefix) ? right.slice(prefix.length) : right)));
    settings.onMerge?.(symbols.size);
  }
  return { tokens: names, merges };
}

interface FoundPair {
  ids: readonly [left: number, right: number];
  words: ReadonlySet<number>;
}

interface Lengths {
  /** The number of characters of each id. */
  lengths: number[];
  /** Merged pairs with at least this many characters are not counted. */
  lengthLimit: number;
}

/** The words as ids, and the frequency of every pair of neighbours. */
class PairCounts {
  readonly #words: readonly number[][];
  readonly #lengths: number[];
  readonly #lengthLimit: number;
  readonly #frequencies: readonly number[];
  readonly #counts = new Map<number, number>();
  readonly #queue = new Heap<Candidate>(comesBefore);
  #newIn = new Map<number, Set<number>>();

  constructor(words: readonly number[][], frequencies: readonly number[], { lengths, lengthLimit }: Lengths) {
    this.#words = words;
    this.#frequencies = frequencies;
    this.#lengths = lengths;
    this.#lengthLimit = lengthLimit;
    words.forEach((ids, word) => {
      for (let i = 1; i < ids.length; i++) this.#change(ids[i - 1] as number, ids[i] as number, word, 1);
    });
    this.#enqueue();
  }

  mostFrequent(minFrequency: number): FoundPair | undefined {
    for (let top = this.#queue.pop(); top !== undefined; top = this.#queue.pop()) {
      const count = this.#counts.get(top.pair) ?? 0;
      if (count !== top.count) {
        if (count > 0) this.#queue.push({ ...top, count });
        continue;
      }
      if (count < 1 || count < minFrequency) return undefined;
      const right = top.pair % ID_LIMIT;
      return { ids: [(top.pair - right) / ID_LIMIT, right], words: top.words };
    }
    return undefined;
  }

  merge({ ids: [left, right], words }: FoundPair, merged: number): void {
    this.#lengths[merged] = (this.#lengths[left] as number) + (this.#lengths[right] as number);
    for (const word of words) this.#mergeIn(word, left, right, merged);
    this.#enqueue();
  }

  #mergeIn(word: number, left: number, right: number, merged: number): void {
    const ids = this.#words[word] as number[];
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      if (id !== left || ids[i + 1] !== right) {
        ids[length++] = id;
        continue;
      }
      if (length > 0) {
        const before = ids[length - 1] as number;
        this.#change(before, left, word, -1);
        this.#form(before, merged, word);
      }
      const after = ids[i + 2];
      if (after !== undefined) {
        this.#change(right, after, word, -1);
        this.#form(merged, after, word);
      }
      ids[length++] = merged;
      i++;
    }
    ids.length = length;
  }

  #form(left: number, right: number, word: number): void {
    const length = (this.#lengths[left] as number) + (this.#lengths[right] as number);
    if (length < this.#lengthLimit) this.#change(left, right, word, 1);
  }

  #change(left: number, right: number, word: number, by: 1 | -1): void {
    const pair = left * ID_LIMIT + right;
    this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + by * (this.#frequencies[word] as number));
    if (by < 0) return;
    const words = this.#newIn.get(pair);
    if (words === undefined) this.#newIn.set(pair, new Set([word]));
    else words.add(word);
  }

  #enqueue(): void {
    for (const [pair, words] of this.#newIn) {
      const count = this.#counts.get(pair) as number;
      if (count > 0) this.#queue.push({ pair, count, words });
    }
    this.#newIn = new Map();
  }
}
