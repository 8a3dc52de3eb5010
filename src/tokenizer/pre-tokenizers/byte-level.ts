import type { AlignedText } from "../aligned-text";
import { REWRITTEN, toByteCharacters } from "../byte-alphabet";
import { regexPattern, split } from "../patterns";
import type { PreTokenizer } from "./pre-tokenizer";

/**
 * GPT-2's words: contractions, letters, digits or other signs with one space before them, and spaces.
 *
 * @see https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */
const GPT2_WORDS = regexPattern(
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u,
);

/** Splits as GPT-2 does and writes every UTF-8 byte as a character of its own, so that no text is unknown. */
export class ByteLevelPreTokenizer implements PreTokenizer {
  readonly #addPrefixSpace: boolean;
  readonly #useRegex: boolean;

  constructor(settings: { addPrefixSpace: boolean; useRegex: boolean }) {
    this.#addPrefixSpace = settings.addPrefixSpace;
    this.#useRegex = settings.useRegex;
  }

  split(text: AlignedText): AlignedText[] {
    const spaced = this.#addPrefixSpace && !text.text.startsWith(" ") ? text.prepend(" ") : text;
    const words = this.#useRegex ? split(spaced, GPT2_WORDS, "Isolated") : [spaced];
    return words.map((word) => word.mapCharacters(REWRITTEN, toByteCharacters));
  }
}
