import { AddedTokens } from "../added-tokens";
import { Fields } from "../fields";
import type { Model } from "../models";
import { readPostProcessor } from "../post-processors";
import { findSpecialTokens } from "../special-tokens";
import { Tokenizer } from "../tokenizer";
import { DEFAULT_TRUNCATION } from "../truncation";
import { SentencePieceBpe } from "./bpe";
import { SentencePieceDecoder } from "./decoder";
import { componentsJson, endsTemplate } from "./json";
import { PIECE_TYPES, readSentencePieceFile, type SentencePieceFile } from "./model-file";
import { SentencePieceNormalizer } from "./normalizer";
import { SentencePieceUnigram } from "./unigram";

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
  if (!(bytes instanceof Uint8Array))
    throw new TypeError("bytes must be a Uint8Array with the content of a .model file");
  const file = readSentencePieceFile(bytes, options.name ?? "tokenizer.model");
  const model: Model = file.modelType === "bpe" ? new SentencePieceBpe(file) : new SentencePieceUnigram(file);
  const normalizer = new SentencePieceNormalizer(file);
  const bos = endPiece(file, options, "bos");
  const eos = endPiece(file, options, "eos");
  const template = endsTemplate(bos, eos, (token) => model.vocabulary.id(token) as number);
  const postProcessor = template && readPostProcessor(new Fields(template, "post_processor"));
  const added = new AddedTokens(controlTokens(file), model.vocabulary, normalizer);
  const roles = rolesOf(file);
  const special = findSpecialTokens((token) => model.vocabulary.id(token), roles, model, postProcessor);
  return new Tokenizer({
    added,
    model,
    postProcessor,
    special,
    preTokenizer: undefined,
    decoder: new SentencePieceDecoder(file),
    padding: { id: special.pad, type: 0, side: "right" },
    truncation: DEFAULT_TRUNCATION,
    cleanUpSpaces: false,
    config: Object.freeze(roles),
    json: componentsJson(file, template),
  });
}

/** The piece that stands at an end of a text, if it is asked for. */
function endPiece(file: SentencePieceFile, options: SentencePieceOptions, role: "bos" | "eos"): string | undefined {
  const option = role === "bos" ? "addBos" : "addEos";
  if (options[option] !== true) return undefined;
  const name = file.roles[role];
  if (isControl(file, name)) return name;
  throw new RangeError(
    `${option} is true, but ${file.name} has no control piece ${JSON.stringify(name)}; leave it out`,
  );
}

function isControl(file: SentencePieceFile, name: string): boolean {
  return file.pieces.some(({ piece, type }) => piece === name && type === PIECE_TYPES.control);
}

function controlTokens(file: SentencePieceFile) {
  const controls = file.pieces.filter(({ type }) => type === PIECE_TYPES.control);
  const flags = { singleWord: false, lstrip: false, rstrip: false, normalized: false, special: true, hidden: true };
  return controls.map(({ piece }) => ({ content: piece, ...flags }));
}

/** The tokens with a role as a tokenizer_config.json names them; null says that there is none. */
function rolesOf(file: SentencePieceFile): Record<string, string | null> {
  const named = (["bos", "eos", "pad"] as const).map((role) => {
    const name = file.roles[role];
    return [`${role}_token`, isControl(file, name) ? name : null];
  });
  return { ...Object.fromEntries(named), unk_token: file.pieces[file.unknownId]?.piece ?? null };
}
