import { type Model, mergeText, type Pieces } from "../../pipeline";
import type { TokenTrie, Vocabulary } from "../../vocabulary";

import { mergesOf } from "./merges";
import { PIECE_TYPES, type SentencePieceFile } from "./model-file";
import { longestMatch, userDefinedPieces } from "./normalizer";
import { type FoundPiece, shownPieces, vocabularyOf } from "./pieces";

/** Signs for spaces and the text up to the next sign. */
const WORD = /\u2581*[^\u2581]+|\u2581+/g;
const WORD_BOUNDARY = /[^\u2581]\u2581/;
/** Longer words rarely recur. */
const LONGEST_WORD = 256;
const MOST_WORDS = 10_000;

/**
 * SentencePiece's BPE: neighbours are joined if the result is a piece, highest score first, then leftmost. There is no
 * list of merges: any two neighbours may be joined. User-defined pieces are neither joined nor split, and an unused
 * piece is split again into the parts it was made of.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/bpe_model.cc
 */
export class SentencePieceBpe implements Model {
  readonly vocabulary: Vocabulary;
  readonly #file: SentencePieceFile;
  readonly #kept: TokenTrie | undefined;
  /** Pieces that neighbours can form, with their ids. */
  readonly #made = new Map<string, number>();
  readonly #longest: number;
  readonly #hasWords: boolean;
  readonly #words = new Map<string, FoundPiece[]>();

  constructor(file: SentencePieceFile) {
    this.#file = file;
    this.#kept = userDefinedPieces(file);
    this.vocabulary = vocabularyOf(file);
    let longest = 0;
    file.pieces.forEach(({ piece, type }, id) => {
      if (type !== PIECE_TYPES.normal && type !== PIECE_TYPES.userDefined && type !== PIECE_TYPES.unused) return;
      this.#made.set(piece, id);
      longest = Math.max(longest, piece.length);
    });
    this.#longest = longest;
    this.#hasWords = !file.pieces.some(({ piece }) => WORD_BOUNDARY.test(piece));
  }

  get unknownToken(): string | undefined {
    return this.vocabulary.token(this.#file.unknownId);
  }

  tokenize(text: string): Pieces {
    const found = this.#hasWords ? this.#cutWords(text) : this.#cut(text);
    return shownPieces(text, found, this.#file, this.vocabulary);
  }

  /** Splits word by word, which gives the same result, because no piece crosses a word boundary. */
  #cutWords(text: string): FoundPiece[] {
    const found: FoundPiece[] = [];
    for (const { 0: word, index } of text.matchAll(WORD)) {
      let pieces = this.#words.get(word);
      if (pieces === undefined) {
        pieces = this.#cut(word);
        if (word.length < LONGEST_WORD && this.#words.size < MOST_WORDS) this.#words.set(word, pieces);
      }
      for (const { id, start, end } of pieces) found.push({ id, start: start + index, end: end + index });
    }
    return found;
  }

  #cut(text: string): FoundPiece[] {
    const ends = new Uint32Array(text.length + 1);
    const frozen = new Uint8Array(text.length + 1);
    const unusedCuts = new Map<string, number>();
    for (let start = 0; start < text.length; ) {
      const kept = this.#kept === undefined ? 0 : longestMatch(this.#kept, text, start);
      frozen[start] = kept > 0 ? 1 : 0;
      const end = start + (kept > 0 ? kept : (text.codePointAt(start) as number) > 0xffff ? 2 : 1);
      ends[start] = end;
      start = end;
    }
    mergeText(text.length, ends, (left, right, end) => {
      if (end - left > this.#longest || frozen[left] || frozen[right]) return undefined;
      const piece = text.slice(left, end);
      const id = this.#made.get(piece);
      if (id === undefined) return undefined;
      if (this.#isUnused(id)) unusedCuts.set(piece, right - left);
      return -(this.#file.pieces[id]?.score as number);
    });

    const found: FoundPiece[] = [];
    for (let start = 0; start < text.length; start = ends[start] as number) {
      this.#comeApart(text, start, ends[start] as number, unusedCuts, found);
    }
    return found;
  }

  #comeApart(text: string, start: number, end: number, cuts: Map<string, number>, found: FoundPiece[]): void {
    const piece = text.slice(start, end);
    const id = this.vocabulary.id(piece) ?? this.#file.unknownId;
    const cut = this.#isUnused(id) ? cuts.get(piece) : undefined;
    if (cut === undefined) {
      found.push({ id, start, end });
    } else {
      this.#comeApart(text, start, start + cut, cuts, found);
      this.#comeApart(text, start + cut, end, cuts, found);
    }
  }

  #isUnused(id: number): boolean {
    return this.#file.pieces[id]?.type === PIECE_TYPES.unused;
  }

  /** The closest equivalent in tokenizer.json. */
  toJson(): Record<string, unknown> {
    return {
      type: "BPE",
      dropout: null,
      unk_token: this.unknownToken ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: this.#file.byteFallback,
      ignore_merges: false,
      vocab: this.vocabulary.toJson(),
      merges: mergesOf(this.#file.pieces, new Map(this.#file.pieces.map(({ piece }, id) => [piece, id]))),
    };
  }
}
