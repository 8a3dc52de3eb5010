import { TokenTrie } from "../../vocabulary";
import type { Pieces } from "./model";

/** What it costs to use a token. */
export interface UnigramCosts {
  /** Every token with its id. */
  trie: TokenTrie;
  /** The log probability of each id. */
  scores: Float64Array;
  /** The log probability of a character that is no token. */
  unknownScore: number;
}

/**
 * The path through a word with the greatest sum of scores. For every position it keeps the best path that ends there;
 * of paths as good, the one whose last token is longer. Where there is no token, the id is `TokenTrie.NONE`.
 */
export function viterbi(word: string, { trie, scores, unknownScore }: UnigramCosts): Pieces {
  const best = new Float64Array(word.length + 1);
  const starts = new Int32Array(word.length + 1).fill(-1);
  const ids = new Int32Array(word.length + 1);
  const offer = (score: number, id: number, start: number, end: number): void => {
    if (starts[end] !== -1 && score <= (best[end] as number)) return;
    best[end] = score;
    starts[end] = start;
    ids[end] = id;
  };
  for (let start = 0; start < word.length; ) {
    const next = start + ((word.codePointAt(start) as number) > 0xffff ? 2 : 1);
    const scoreHere = best[start] as number;
    let hasCharacter = false;
    let node = trie.child(TokenTrie.ROOT, word.charCodeAt(start));
    for (let end = start + 1; node !== TokenTrie.NONE; end++) {
      const id = trie.value(node);
      if (id !== TokenTrie.NONE) {
        offer((scores[id] as number) + scoreHere, id, start, end);
        hasCharacter ||= end === next;
      }
      node = end < word.length ? trie.child(node, word.charCodeAt(end)) : TokenTrie.NONE;
    }
    if (!hasCharacter) offer(unknownScore + scoreHere, TokenTrie.NONE, start, next);
    start = next;
  }
  return pathTo(word.length, starts, ids);
}

function pathTo(length: number, startOf: Int32Array, idOf: Int32Array): Pieces {
  let count = 0;
  for (let end = length; end > 0; end = startOf[end] as number) count++;
  const ids = new Array<number>(count);
  const starts = new Array<number>(count);
  const ends = new Array<number>(count);
  for (let end = length; end > 0; end = startOf[end] as number) {
    count--;
    ids[count] = idOf[end] as number;
    starts[count] = startOf[end] as number;
    ends[count] = end;
  }
  return { ids, starts, ends };
}
