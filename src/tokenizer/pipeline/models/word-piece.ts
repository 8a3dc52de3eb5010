import type { Fields } from "../../../fields";
import { codePointCount, previousCharacterStart, shortString } from "../../text";
import { Vocabulary } from "../../vocabulary";

import { type Model, type Pieces, wholePiece } from "./model";
import { unknownId } from "./unknown";

export interface WordPieceSettings {
  unknownToken: string;
  continuingPrefix: string;
  /** Words with more characters are unknown. */
  maximumCharacters: number;
}

/**
 * The longest token that begins the word, then the longest that continues it, and so on; a word with a part that
 * matches no token is unknown as a whole.
 *
 * @see https://arxiv.org/abs/1609.08144, section 4.1
 */
export class WordPiece implements Model {
  readonly vocabulary: Vocabulary;
  readonly #settings: WordPieceSettings;
  /** The length of the longest token, in code units; longer parts need not be looked up. */
  readonly #longest: number;

  constructor(vocabulary: Vocabulary, settings: WordPieceSettings) {
    this.vocabulary = vocabulary;
    this.#settings = settings;
    // A vocabulary may contain only the empty token, which is not part of any word.
    this.#longest = Math.max(1, vocabulary.longest);
  }

  static read(fields: Fields): WordPiece {
    return new WordPiece(Vocabulary.read(fields, "vocab"), {
      unknownToken: fields.string("unk_token"),
      continuingPrefix: shortString(fields, "continuing_subword_prefix"),
      maximumCharacters: fields.count("max_input_chars_per_word"),
    });
  }

  get unknownToken(): string {
    return this.#settings.unknownToken;
  }

  tokenize(word: string): Pieces {
    if (codePointCount(word) > this.#settings.maximumCharacters) return this.#unknown(word);
    const ids: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    let end = 0;
    for (let start = 0; start < word.length; start = end) {
      end = Math.min(word.length, start + this.#longest);
      let id = this.#idOf(word, start, end);
      while (id === undefined) {
        end = previousCharacterStart(word, end);
        if (end === start) return this.#unknown(word);
        id = this.#idOf(word, start, end);
      }
      ids.push(id);
      starts.push(start);
      ends.push(end);
    }
    return { ids, starts, ends };
  }

  #idOf(word: string, start: number, end: number): number | undefined {
    const part = word.slice(start, end);
    return this.vocabulary.id(start > 0 ? this.#settings.continuingPrefix + part : part);
  }

  #unknown(word: string): Pieces {
    return wholePiece(unknownId(this.vocabulary, this.#settings.unknownToken), word);
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
