import type { AlignedText } from "../aligned-text";

/** Splits a piece of text into the words that the model cuts into tokens. */
export interface PreTokenizer {
  split(text: AlignedText): AlignedText[];
}
