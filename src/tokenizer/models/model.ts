import type { Vocabulary } from "../vocabulary";

/** One token of a word: `[start, end)` in UTF-16 code units of the word. */
export interface Piece {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

/** Cuts a word into tokens of its vocabulary. */
export interface Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string | undefined;
  tokenize(word: string): readonly Piece[];
  /** The `model` of a tokenizer.json. */
  toJson(): Record<string, unknown>;
}
