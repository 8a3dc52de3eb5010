import { bestPaths, type Model, type Pieces, type UnigramCosts } from "../../pipeline";
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
  readonly #costs: UnigramCosts;

  constructor(file: SentencePieceFile) {
    this.#file = file;
    this.vocabulary = vocabularyOf(file);
    const normal = file.pieces.filter(({ type }) => type === PIECE_TYPES.normal);
    const greatest = normal.reduce((most, { score }) => Math.max(most, score), LEAST_GREATEST_SCORE);
    const least = normal.reduce((least, { score }) => Math.min(least, score), 0);
    const scores = Float64Array.from(file.pieces, ({ piece, score, type }) =>
      type === PIECE_TYPES.userDefined ? Math.fround(utf8(piece).length * greatest) - 0.1 : score,
    );
    const trie = new TokenTrie();
    file.pieces.forEach(({ piece, type }, id) => {
      if (type === PIECE_TYPES.normal || type === PIECE_TYPES.userDefined) trie.set(piece, id);
    });
    const unknownScore = Math.fround(least - UNKNOWN_PENALTY);
    this.#costs = { trie, scores, unknownId: file.unknownId, unknownScore, float32: true };
  }

  get unknownToken(): string | undefined {
    return this.vocabulary.token(this.#file.unknownId);
  }

  tokenize(text: string): Pieces {
    return shownPieces(text, this.#cut(text), this.#file, this.vocabulary);
  }

  #cut(text: string): FoundPiece[] {
    const { ids, starts } = bestPaths(text, this.#costs);
    const found: FoundPiece[] = [];
    for (let end = text.length; end > 0; end = starts[end] as number) {
      found.push({ id: ids[end] as number, start: starts[end] as number, end });
    }
    return found.reverse();
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
