import { type Model, mergeText, NO_PIECES, type Pieces, wholePiece } from "../../pipeline";
import { Vocabulary } from "../../vocabulary";

import { mergesOf } from "../sentencepiece/merges";

/**
 * BPE by rank: neighbours are joined if the result is a token, lowest rank first, then leftmost. A word that is a token
 * is not split. There is no list of merges, because the ranks determine them.
 *
 * @see https://github.com/openai/tiktoken/blob/main/src/lib.rs, byte_pair_merge
 */
export class RankBpe implements Model {
  readonly vocabulary = new Vocabulary();
  readonly unknownToken = undefined;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #longest: number;

  /** @param special tokens that have an id but are never formed from bytes */
  constructor(ranks: ReadonlyMap<string, number>, special: ReadonlyMap<string, number>) {
    this.#ranks = ranks;
    let longest = 0;
    for (const [token, rank] of ranks) {
      this.vocabulary.set(token, rank);
      longest = Math.max(longest, token.length);
    }
    for (const [token, id] of special) this.vocabulary.set(token, id);
    this.#longest = longest;
  }

  tokenize(word: string): Pieces {
    if (word === "") return NO_PIECES;
    const whole = this.#ranks.get(word);
    if (whole !== undefined) return wholePiece(whole, word);
    const endOf = Uint32Array.from({ length: word.length + 1 }, (_, index) => (index < word.length ? index + 1 : 0));
    mergeText(word.length, endOf, (left, _, end) =>
      end - left > this.#longest ? undefined : this.#ranks.get(word.slice(left, end)),
    );
    const starts: number[] = [];
    for (let start = 0; start < word.length; start = endOf[start] as number) starts.push(start);
    const ends = starts.map((start) => endOf[start] as number);
    const ids = starts.map((start) => this.#ranks.get(word.slice(start, endOf[start])) as number);
    return { ids, starts, ends };
  }

  /** Converts the ranks to a list of merges, which other readers need. */
  toJson(): Record<string, unknown> {
    const pieces = Array.from(this.#ranks, ([piece, rank]) => ({ piece, score: -rank }));
    return {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: true,
      vocab: this.vocabulary.toJson(),
      merges: mergesOf(pieces, this.#ranks),
    };
  }
}
