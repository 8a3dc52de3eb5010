import type { Model, Pieces } from "../../pipeline";
import { utf8 } from "../../text";
import { TokenTrie, type Vocabulary } from "../../vocabulary";

import { PIECE_TYPES, type SentencePieceFile } from "./model-file";
import { type FoundPiece, shownPieces, vocabularyOf } from "./pieces";

/** How much less likely than the least likely piece an unknown character is. */
const UNKNOWN_PENALTY = 10;
/** 2^-126, the smallest positive float32 that is not subnormal: from it the reference looks for the greatest score. */
const LEAST_GREATEST_SCORE = 1.1754943508222875e-38;

/**
 * SentencePiece's Unigram model: of all ways to cut the text into pieces the one with the greatest sum of scores.
 * It sums as SentencePiece does, in float32, and knows user-defined and unused pieces.
 *
 * @see https://arxiv.org/abs/1804.10959, section 3.2
 * @see https://github.com/google/sentencepiece/blob/master/src/unigram_model.cc, EncodeOptimized
 */
export class SentencePieceUnigram implements Model {
  readonly vocabulary: Vocabulary;
  readonly #file: SentencePieceFile;
  readonly #trie = new TokenTrie();
  readonly #scores: Float64Array;
  readonly #unknownScore: number;

  constructor(file: SentencePieceFile) {
    this.#file = file;
    this.vocabulary = vocabularyOf(file);
    const normal = file.pieces.filter(({ type }) => type === PIECE_TYPES.normal);
    const greatest = normal.reduce((most, { score }) => Math.max(most, score), LEAST_GREATEST_SCORE);
    const least = normal.reduce((least, { score }) => Math.min(least, score), 0);
    this.#unknownScore = Math.fround(least - UNKNOWN_PENALTY);
    this.#scores = Float64Array.from(file.pieces, ({ piece, score, type }) =>
      type === PIECE_TYPES.userDefined ? Math.fround(utf8(piece).length * greatest) - 0.1 : score,
    );
    file.pieces.forEach(({ piece, type }, id) => {
      if (type === PIECE_TYPES.normal || type === PIECE_TYPES.userDefined) this.#trie.set(piece, id);
    });
  }

  get unknownToken(): string | undefined {
    return this.vocabulary.token(this.#file.unknownId);
  }

  tokenize(text: string): Pieces {
    return shownPieces(text, this.#cut(text), this.#file, this.vocabulary);
  }

  /** For every position the best path that ends there; of paths as good, the one that was found first. */
  #cut(text: string): FoundPiece[] {
    const trie = this.#trie;
    const best = new Float32Array(text.length + 1);
    const starts = new Int32Array(text.length + 1).fill(-1);
    const ids = new Int32Array(text.length + 1);
    const offer = (score: number, id: number, start: number, end: number): void => {
      if (starts[end] !== -1 && score <= (best[end] as number)) return;
      best[end] = score;
      starts[end] = start;
      ids[end] = id;
    };
    for (let start = 0; start < text.length; ) {
      const next = start + ((text.codePointAt(start) as number) > 0xffff ? 2 : 1);
      const scoreHere = best[start] as number;
      let hasCharacter = false;
      let node = TokenTrie.ROOT;
      for (let end = start; end < text.length; ) {
        node = trie.child(node, text.charCodeAt(end++));
        if (node === TokenTrie.NONE) break;
        const id = trie.value(node);
        if (id === TokenTrie.NONE) continue;
        offer(Math.fround((this.#scores[id] as number) + scoreHere), id, start, end);
        hasCharacter ||= end === next;
      }
      if (!hasCharacter) offer(Math.fround(this.#unknownScore + scoreHere), this.#file.unknownId, start, next);
      start = next;
    }
    const path: FoundPiece[] = [];
    for (let end = text.length; end > 0; end = starts[end] as number) {
      path.push({ id: ids[end] as number, start: starts[end] as number, end });
    }
    return path.reverse();
  }

  /** The nearest that a tokenizer.json can say. */
  toJson(): Record<string, unknown> {
    return {
      type: "Unigram",
      unk_id: this.#file.unknownId,
      vocab: this.#file.pieces.map(({ piece, score }) => [piece, score]),
      byte_fallback: this.#file.byteFallback,
    };
  }
}
