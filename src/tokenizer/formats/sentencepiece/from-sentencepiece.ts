import { checkOptions } from "../../../checks";
import type { Tokenizer } from "../../pipeline";
import { readSentencePieceFile } from "./model-file";
import { expectBytes, OPTION_CHECKS } from "./option-checks";
import { tokenizerOfFile } from "./tokenizer-of-file";

export interface SentencePieceOptions {
  /** Whether to put the beginning-of-text piece before every text; false if left out, as in SentencePiece. */
  addBos?: boolean | undefined;
  /** Whether to put the end-of-text piece after every text; false if left out, as in SentencePiece. */
  addEos?: boolean | undefined;
  /** What errors call the file; `tokenizer.model` if left out. */
  name?: string | undefined;
}

/**
 * A tokenizer out of a SentencePiece `.model` file, Unigram or BPE, that cuts texts exactly as SentencePiece does: the
 * same ids, pieces, offsets and decoded text. As there, control pieces (`<s>`) in a text are text like other text.
 *
 * {@link Tokenizer.toJson} writes the nearest that a tokenizer.json can say; in corner cases (user-defined pieces,
 * unused pieces, replacements of several characters) that file cuts differently.
 *
 * @throws TypeError if `bytes` is no Uint8Array.
 * @throws FormatError naming the file and the byte at fault.
 * @throws RangeError if `addBos` or `addEos` is asked of a file without such a piece.
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
