import { TokenTrie } from "../../vocabulary";
import type { Pieces } from "./model";

/** The costs of tokens. */
export interface UnigramCosts {
  /** Every token with its id. */
  trie: TokenTrie;
  /** The log probability of each id. */
  scores: Float64Array;
  /** The id of a character that is no token. */
  unknownId: number;
  /** The log probability of an unknown character. */
  unknownScore: number;
  /** Whether sums are rounded to float32, as in SentencePiece. */
  float32?: boolean;
}

/** For each position of a word, the best path that ends there: its score, and the start and id of its last token. */
export interface BestPaths {
  scores: Float64Array;
  starts: Int32Array;
  ids: Int32Array;
}

/**
 * Visits every token in a word, by start, then by end. A character that is not a token is visited as the unknown one,
 * after the longer tokens that start with it.
 */
export function visitTokens(
  word: string,
  { trie, scores, unknownId, unknownScore }: UnigramCosts,
  visit: (id: number, score: number, start: number, end: number) => void,
): void {
  for (let start = 0; start < word.length; ) {
    const next = start + ((word.codePointAt(start) as number) > 0xffff ? 2 : 1);
    let hasCharacter = false;
    let node = trie.child(TokenTrie.ROOT, word.charCodeAt(start));
    for (let end = start + 1; node !== TokenTrie.NONE; end++) {
      const id = trie.value(node);
      if (id !== TokenTrie.NONE) {
        visit(id, scores[id] as number, start, end);
        hasCharacter ||= end === next;
      }
      node = end < word.length ? trie.child(node, word.charCodeAt(end)) : TokenTrie.NONE;
    }
    if (!hasCharacter) visit(unknownId, unknownScore, start, next);
    start = next;
  }
}

/** The Viterbi algorithm. Of paths with equal scores it keeps the one with the longest last token. */
export function bestPaths(word: string, costs: UnigramCosts): BestPaths {
  const best = new Float64Array(word.length + 1);
  const starts = new Int32Array(word.length + 1).fill(-1);
  const ids = new Int32Array(word.length + 1);
  visitTokens(word, costs, (id, score, start, end) => {
    const exact = score + (best[start] as number);
    const sum = costs.float32 ? Math.fround(exact) : exact;
    if (starts[end] !== -1 && sum <= (best[end] as number)) return;
    best[end] = sum;
    starts[end] = start;
    ids[end] = id;
  });
  return { scores: best, starts, ids };
}

/** The tokens on the path with the highest sum of scores. */
export function viterbi(word: string, costs: UnigramCosts): Pieces {
  const paths = bestPaths(word, costs);
  let count = 0;
  for (let end = word.length; end > 0; end = paths.starts[end] as number) count++;
  const ids = new Array<number>(count);
  const starts = new Array<number>(count);
  const ends = new Array<number>(count);
  for (let end = word.length; end > 0; end = starts[count] as number) {
    count--;
    ids[count] = paths.ids[end] as number;
    starts[count] = paths.starts[end] as number;
    ends[count] = end;
  }
  return { ids, starts, ends };
}
