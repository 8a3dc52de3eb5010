import { Heap } from "../heap";
import type { MergePair } from "../models";
import { ID_LIMIT } from "../vocabulary";

export interface MergeSettings {
  special: readonly string[];
  /** Characters that are tokens whether the words have them or not. */
  alphabet: readonly string[];
  vocabSize: number;
  minFrequency: number;
}

export interface LearnedMerges {
  /** Tokens in the order of their ids. */
  tokens: readonly string[];
  merges: MergePair[];
}

/** A pair with the count it had when it was queued, and the words it was then new in. */
interface Candidate {
  readonly pair: number;
  readonly count: number;
  readonly words: ReadonlySet<number>;
}

/** The most frequent first; of pairs as frequent, the one with the lower ids. */
function comesBefore(a: Candidate, b: Candidate): boolean {
  return a.count === b.count ? a.pair < b.pair : a.count > b.count;
}

/**
 * Learns merges from words and how often each occurs.
 *
 * Pair counts are kept up to date merge by merge, and only the words that hold a pair are touched. A queued count may
 * be out of date: it is corrected when it comes up.
 */
export function learnMerges(counts: ReadonlyMap<string, number>, settings: MergeSettings): LearnedMerges {
  const tokens = new Map<string, number>();
  const idOf = (token: string): number => {
    const id = tokens.get(token) ?? tokens.size;
    tokens.set(token, id);
    return id;
  };
  settings.special.forEach(idOf);
  alphabetOf(counts, settings.alphabet).forEach(idOf);
  const names = [...tokens.keys()];
  const pairs = new PairCounts(
    [...counts.keys()].map((word) => Array.from(word, idOf)),
    [...counts.values()],
  );

  const merges: MergePair[] = [];
  while (tokens.size < settings.vocabSize) {
    const pair = pairs.mostFrequent(settings.minFrequency);
    if (pair === undefined) break;
    const [left, right] = pair.ids.map((id) => names[id]) as [string, string];
    merges.push([left, right]);
    const id = idOf(left + right);
    names[id] = left + right;
    pairs.merge(pair, id);
  }
  return { tokens: names, merges };
}

function alphabetOf(counts: ReadonlyMap<string, number>, alphabet: readonly string[]): string[] {
  const characters = new Set(alphabet);
  for (const word of counts.keys()) for (const character of word) characters.add(character);
  return [...characters].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number));
}

interface FoundPair {
  ids: readonly [left: number, right: number];
  words: ReadonlySet<number>;
}

/** The words as ids, and how often every pair of neighbours occurs in them. */
class PairCounts {
  readonly #words: number[][];
  readonly #frequencies: readonly number[];
  readonly #counts = new Map<number, number>();
  readonly #queue = new Heap<Candidate>(comesBefore);
  #newIn = new Map<number, Set<number>>();

  constructor(words: number[][], frequencies: readonly number[]) {
    this.#words = words;
    this.#frequencies = frequencies;
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
        this.#change(before, merged, word, 1);
      }
      const after = ids[i + 2];
      if (after !== undefined) {
        this.#change(right, after, word, -1);
        this.#change(merged, after, word, 1);
      }
      ids[length++] = merged;
      i++;
    }
    ids.length = length;
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
