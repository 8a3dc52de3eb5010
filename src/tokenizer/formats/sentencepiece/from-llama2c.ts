import { checkOptions } from "../../../checks";
import { describeJson, formatError } from "../../../fields";
import { byteToken, type Tokenizer } from "../../pipeline";
import { strictTextOfUtf8 } from "../../text";

import { defaultSettings, PIECE_TYPES, type SentencePiece, type SentencePieceFile } from "./model-file";
import { SPACE_SIGN } from "./normalizer";
import { expectBytes, OPTION_CHECKS } from "./option-checks";
import { tokenizerOfFile } from "./tokenizer-of-file";

/** Options of `tokenizerFromLlama2c`. */
export interface Llama2cOptions {
  /** Whether to add `<s>` before every text, as llama2.c does; true if omitted. */
  addBos?: boolean | undefined;
  /** Whether to add `</s>` after every text; false if omitted. */
  addEos?: boolean | undefined;
  /** The file's name in errors; `tokenizer.bin` if omitted. */
  name?: string | undefined;
}

/** The first ids: unknown, beginning and end; the 256 bytes follow. */
const ENDS = ["<unk>", "<s>", "</s>"];
/** The first byte's id. */
const FIRST_BYTE = 3;
const FIRST_PIECE = FIRST_BYTE + 256;
const HEADER = 4;
const ENTRY_HEADER = 8;

/**
 * A tokenizer from llama2.c's tokenizer.bin (or tok512.bin and the like): the pieces and scores of a SentencePiece BPE
 * model. The file has the maximum piece length (32 bits), then for every piece a 32-bit score, a 32-bit length and the
 * bytes, all little-endian.
 *
 * @throws TypeError if `bytes` is not a Uint8Array.
 * @throws FormatError naming the file and the byte.
 * @see https://github.com/karpathy/llama2.c/blob/master/tokenizer.py, export
 * @example
 * ```ts
 * import { tokenizerFromLlama2c } from "transformer-blocks/tokenizer";
 * const file = [6, 0, 0, 0]; // the longest piece, then every piece: score, length, bytes
 * const add = (piece: string) => file.push(0, 0, 0, 0, piece.length, 0, 0, 0, ...new TextEncoder().encode(piece));
 * for (const piece of ["<unk>", "<s>", "</s>"]) add(piece);
 * for (let byte = 0; byte < 256; byte++) add(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
 * for (const piece of [" ", "a", " a"]) add(piece);
 * tokenizerFromLlama2c(Uint8Array.from(file)).encode("a a").ids; // [1, 261, 261]
 * ```
 */
export function tokenizerFromLlama2c(bytes: Uint8Array, options: Llama2cOptions = {}): Tokenizer {
  expectBytes("tokenizerFromLlama2c", "bytes", bytes);
  checkOptions<Llama2cOptions>("tokenizerFromLlama2c", options, OPTION_CHECKS);
  const { name = "tokenizer.bin", addBos = true, addEos = false } = options;
  const file: SentencePieceFile = {
    ...defaultSettings(),
    name,
    pieces: readPieces(bytes, name),
    modelType: "bpe",
    unknownId: 0,
    byteFallback: true,
    removeExtraWhitespaces: false,
  };
  return tokenizerOfFile(file, { addBos, addEos });
}

function readPieces(bytes: Uint8Array, file: string): SentencePiece[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (at: number, found: string, expected: string) => formatError(file, `byte ${at}`, found, expected);
  if (bytes.length < HEADER) throw fail(0, `${bytes.length} bytes`, "at least 4 bytes with the maximum piece length");
  const longest = view.getUint32(0, true);
  const pieces: SentencePiece[] = [];
  const seen = new Map<string, number>();
  for (let at = HEADER; at < bytes.length; ) {
    const id = pieces.length;
    const left = bytes.length - at - ENTRY_HEADER;
    if (left < 0) throw fail(at, `${left + ENTRY_HEADER} bytes`, "the 8 bytes of a piece's score and length");
    const score = view.getFloat32(at, true);
    const length = view.getUint32(at + 4, true);
    if (!Number.isFinite(score)) throw fail(at, `score ${score}`, "a finite number");
    if (length > left) throw fail(at + 4, `a piece of ${length} bytes`, `at most the ${left} remaining bytes`);
    if (length > longest) throw fail(at + 4, `a piece of ${length} bytes`, `at most ${longest}, the maximum in byte 0`);
    const start = at + ENTRY_HEADER;
    const text = strictTextOfUtf8(bytes.subarray(start, start + length));
    if (text === undefined || text === "")
      throw fail(start, "an empty piece or invalid UTF-8", "a non-empty piece in UTF-8");
    const piece = pieceOf(text, id);
    if (piece === undefined) throw fail(start, `${describeJson(text)} as piece ${id}`, describeJson(expectedPiece(id)));
    const other = seen.get(piece);
    if (other !== undefined)
      throw fail(start, `${describeJson(text)} as piece ${id}, which is piece ${other}`, "unique pieces");
    seen.set(piece, id);
    pieces.push({ piece, score, type: typeOf(id) });
    at = start + length;
  }
  if (pieces.length >= FIRST_PIECE) return pieces;
  throw fail(
    bytes.length,
    `the end after ${pieces.length} pieces`,
    `at least ${FIRST_PIECE}, because all bytes are pieces`,
  );
}

/** The first pieces have fixed names, some of them surrounded by line breaks in the file; others may contain spaces. */
function pieceOf(text: string, id: number): string | undefined {
  if (id >= FIRST_PIECE) return text.replaceAll(" ", SPACE_SIGN);
  return text.trim() === expectedPiece(id) ? expectedPiece(id) : undefined;
}

function expectedPiece(id: number): string {
  return ENDS[id] ?? byteToken(id - FIRST_BYTE);
}

function typeOf(id: number): number {
  if (id === 0) return PIECE_TYPES.unknown;
  if (id < FIRST_BYTE) return PIECE_TYPES.control;
  return id < FIRST_PIECE ? PIECE_TYPES.byte : PIECE_TYPES.normal;
}
