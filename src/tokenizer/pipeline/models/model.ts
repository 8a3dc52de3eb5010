import type { Vocabulary } from "../../vocabulary";

/** The tokens of a word, in columns: one object per token would take most of the time and memory. */
export interface Pieces {
  readonly ids: readonly number[];
  /** The start and end of each token in the word, in UTF-16 code units. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The tokens' texts; absent if they are those in the vocabulary. */
  readonly tokens?: readonly string[] | undefined;
}

/** Splits a word into tokens of its vocabulary. */
export interface Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string | undefined;
  tokenize(word: string): Pieces;
  /** The `model` of a tokenizer.json. */
  toJson(): Record<string, unknown>;
}

export const NO_PIECES: Pieces = { ids: [], starts: [], ends: [] };

/** One token for the whole word. */
export function wholePiece(id: number, word: string): Pieces {
  return { ids: [id], starts: [0], ends: [word.length] };
}
