import type { Fields } from "../fields";
import { codePointCount, previousCharacterStart } from "../unicode";
import { Vocabulary } from "../vocabulary";
import type { Model, Piece } from "./model";
import { unknownId } from "./unknown";

export interface WordPieceSettings {
  unknownToken: string;
  continuingPrefix: string;
  /** Longer words, in characters, are unknown. */
  maximumCharacters: number;
}

/**
 * The longest token that starts the word, then the longest that continues it, and so on; a word with a part that no
 * token fits is unknown as a whole.
 *
 * @see https://arxiv.org/abs/1609.08144, section 4.1
 */
export class WordPiece implements Model {
  readonly vocabulary: Vocabulary;
  readonly #settings: WordPieceSettings;

  constructor(vocabulary: Vocabulary, settings: WordPieceSettings) {
    this.vocabulary = vocabulary;
    this.#settings = settings;
  }

  static read(fields: Fields): WordPiece {
    return new WordPiece(Vocabulary.read(fields, "vocab"), {
      unknownToken: fields.string("unk_token"),
      continuingPrefix: fields.string("continuing_subword_prefix"),
      maximumCharacters: fields.count("max_input_chars_per_word"),
    });
  }

  get unknownToken(): string {
    return this.#settings.unknownToken;
  }

  tokenize(word: string): readonly Piece[] {
    if (codePointCount(word) > this.#settings.maximumCharacters) return [this.#unknown(word)];
    const pieces: Piece[] = [];
    let start = 0;
    while (start < word.length) {
      const piece = this.#longestPiece(word, start);
      if (piece === undefined) return [this.#unknown(word)];
      pieces.push(piece);
      start = piece.end;
    }
    return pieces;
  }

  #longestPiece(word: string, start: number): Piece | undefined {
    const prefix = start > 0 ? this.#settings.continuingPrefix : "";
    for (let end = word.length; end > start; end = previousCharacterStart(word, end)) {
      const token = prefix + word.slice(start, end);
      const id = this.vocabulary.id(token);
      if (id !== undefined) return { id, token, start, end };
    }
    return undefined;
  }

  #unknown(word: string): Piece {
    const token = this.#settings.unknownToken;
    return { id: unknownId(this.vocabulary, token), token, start: 0, end: word.length };
  }

  toJson(): Record<string, unknown> {
    return {
      type: "WordPiece",
      unk_token: this.#settings.unknownToken,
      continuing_subword_prefix: this.#settings.continuingPrefix,
      max_input_chars_per_word: this.#settings.maximumCharacters,
      vocab: this.vocabulary.toJson(),
    };
  }
}
