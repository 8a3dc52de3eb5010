import type { Fields } from "../../../fields";
import { Vocabulary } from "../../vocabulary";

import { type Model, NO_PIECES, type Pieces, wholePiece } from "./model";
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

  tokenize(word: string): Pieces {
    if (word === "") return NO_PIECES;
    return wholePiece(this.vocabulary.id(word) ?? unknownId(this.vocabulary, this.unknownToken), word);
  }

  toJson(): Record<string, unknown> {
    return { type: "WordLevel", vocab: this.vocabulary.toJson(), unk_token: this.unknownToken };
  }
}
