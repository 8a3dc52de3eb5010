import { bestPaths, type Model, type Pieces, type UnigramCosts } from "../../pipeline";
import { utf8 } from "../../text";
import { TokenTrie, type Vocabulary } from "../../vocabulary";

import { PIECE_TYPES, type SentencePieceFile } from "./model-file";
import { type FoundPiece, shownPieces, vocabularyOf } from "./pieces";

/** The score of an unknown character, below that of the least likely piece. */
const UNKNOWN_PENALTY = 10;
/** 2^-126, the smallest normal positive float32: the reference's initial value in its search for the maximum score. */
const LEAST_GREATEST_SCORE = 1.1754943508222875e-38;

/**
 * SentencePiece's Unigram model: the segmentation of the text into pieces with the highest sum of scores. Sums are
 * float32, as in SentencePiece, and user-defined and unused pieces are supported.
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

  /** The closest equivalent in tokenizer.json. */
  toJson(): Record<string, unknown> {
    return {
      type: "Unigram",
      unk_id: this.#file.unknownId,
      vocab: this.#file.pieces.map(({ piece, score }) => [piece, score]),
      byte_fallback: this.#file.byteFallback,
    };
  }
}
