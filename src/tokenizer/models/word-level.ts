import type { Fields } from "../fields";
import { Vocabulary } from "../vocabulary";
import type { Model, Piece } from "./model";
import { unknownId } from "./unknown";

/** A token is a whole word; other words are the unknown token. */
export class WordLevel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string;

  constructor(vocabulary: Vocabulary, unknownToken: string) {
    this.vocabulary = vocabulary;
    this.unknownToken = unknownToken;
  }

  static read(fields: Fields): WordLevel {
    return new WordLevel(Vocabulary.read(fields, "vocab"), fields.string("unk_token"));
  }

  tokenize(word: string): readonly Piece[] {
    if (word === "") return [];
    const id = this.vocabulary.id(word);
    if (id !== undefined) return [{ id, token: word, start: 0, end: word.length }];
    const token = this.unknownToken;
    return [{ id: unknownId(this.vocabulary, token), token, start: 0, end: word.length }];
  }

  toJson(): Record<string, unknown> {
    return { type: "WordLevel", vocab: this.vocabulary.toJson(), unk_token: this.unknownToken };
  }
}
