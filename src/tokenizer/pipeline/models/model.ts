import type { Vocabulary } from "../../vocabulary";

/** The tokens of a word, in columns: an object for each would take most of the time and of the memory. */
export interface Pieces {
  readonly ids: readonly number[];
  /** Where each starts and ends in the word, in UTF-16 code units. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** What they are called; absent where the vocabulary says it. */
  readonly tokens?: readonly string[] | undefined;
}

/** Cuts a word into tokens of its vocabulary. */
export interface Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string | undefined;
  tokenize(word: string): Pieces;
  /** The `model` of a tokenizer.json. */
  toJson(): Record<string, unknown>;
}

export const NO_PIECES: Pieces = { ids: [], starts: [], ends: [] };

/** One token for all of a word. */
export function wholePiece(id: number, word: string): Pieces {
  return { ids: [id], starts: [0], ends: [word.length] };
}
