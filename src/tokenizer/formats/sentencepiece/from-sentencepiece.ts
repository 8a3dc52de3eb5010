import { checkOptions } from "../../../checks";
import type { Tokenizer } from "../../pipeline";
import { readSentencePieceFile } from "./model-file";
import { expectBytes, OPTION_CHECKS } from "./option-checks";
import { tokenizerOfFile } from "./tokenizer-of-file";

/** Options of `tokenizerFromSentencePiece`. */
export interface SentencePieceOptions {
  /** Whether to add the beginning-of-text piece before every text; false if omitted, as in SentencePiece. */
  addBos?: boolean | undefined;
  /** Whether to add the end-of-text piece after every text; false if omitted, as in SentencePiece. */
  addEos?: boolean | undefined;
  /** The file's name in errors; `tokenizer.model` if omitted. */
  name?: string | undefined;
}

/**
 * A tokenizer from a SentencePiece `.model` file, Unigram or BPE, with exactly SentencePiece's ids, pieces, offsets and
 * decoded text. As in SentencePiece, control pieces (`<s>`) in a text are ordinary text.
 *
 * {@link Tokenizer.toJson} writes the closest equivalent in tokenizer.json, which differs in corner cases: user-defined
 * pieces, unused pieces, and replacements of several characters.
 *
 * @throws TypeError if `bytes` is not a Uint8Array.
 * @throws FormatError naming the file and the byte.
 * @throws RangeError if `addBos` or `addEos` needs a piece that the file does not have.
 * @see https://arxiv.org/abs/1808.06226
 * @example
 * ```ts
 * import { FormatError, tokenizerFromSentencePiece } from "transformer-blocks/tokenizer";
 * // const tokenizer = tokenizerFromSentencePiece(await readFile("tokenizer.model"));
 * try {
 *   tokenizerFromSentencePiece(Uint8Array.of(10, 200, 1));
 * } catch (error) {
 *   if (error instanceof FormatError) error.problem.at; // "byte 0"
 * }
 * ```
 */
export function tokenizerFromSentencePiece(bytes: Uint8Array, options: SentencePieceOptions = {}): Tokenizer {
  expectBytes("tokenizerFromSentencePiece", "bytes", bytes);
  checkOptions<SentencePieceOptions>("tokenizerFromSentencePiece", options, OPTION_CHECKS);
  const file = readSentencePieceFile(bytes, options.name ?? "tokenizer.model");
  return tokenizerOfFile(file, options);
}
