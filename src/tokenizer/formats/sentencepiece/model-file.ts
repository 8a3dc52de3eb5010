import { describeJson } from "../../../fields";
import type { Role } from "../../pipeline";

import { type ProtobufField, ProtobufReader } from "./protobuf";

/** The type of a piece, by its number in the file. */
export const PIECE_TYPES = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
const MODEL_TYPES: ReadonlyMap<number, "unigram" | "bpe"> = /* @__PURE__ */ new Map([
  [1, "unigram"],
  [2, "bpe"],
]);
const BYTE_PIECE = /^<0x([0-9A-F]{2})>$/;

/** A token: its text, its score (log probability, or the negative merge rank) and its type. */
export interface SentencePiece {
  piece: string;
  score: number;
  type: number;
}

/** How a text is normalized. */
export interface NormalizerSettings {
  /** The compiled replacement table, empty if there is none, and its byte offset in the file. */
  charsmap: Uint8Array;
  charsmapAt: string;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
}

/** The contents of a SentencePiece `.model` file that affect ids, pieces or text. */
export interface SentencePieceFile extends NormalizerSettings {
  /** The file's name in errors. */
  name: string;
  pieces: SentencePiece[];
  modelType: "unigram" | "bpe";
  unknownId: number;
  byteFallback: boolean;
  whitespaceAsSuffix: boolean;
  unknownSurface: string;
  /** The names of the tokens with a role, which the file need not contain. */
  roles: Record<"unk" | "bos" | "eos" | "pad", string> & Partial<Record<Role, string>>;
  /** Rules for decoded text. */
  denormalizer?: NormalizerSettings | undefined;
}

/** The defaults of the proto. */
export function defaultSettings(): Omit<SentencePieceFile, "name" | "pieces" | "unknownId"> {
  return {
    modelType: "unigram",
    byteFallback: false,
    whitespaceAsSuffix: false,
    unknownSurface: " \u2047 ",
    roles: { unk: "<unk>", bos: "<s>", eos: "</s>", pad: "<pad>" },
    ...defaultNormalizer(),
  };
}

function defaultNormalizer(): NormalizerSettings {
  return {
    charsmap: new Uint8Array(),
    charsmapAt: "",
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
}

/**
 * Reads a SentencePiece `.model` file, a protocol buffer of type `ModelProto`.
 *
 * @throws FormatError naming the file and the byte
 * @see https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
export function readSentencePieceFile(bytes: Uint8Array, name: string): SentencePieceFile {
  const reader = new ProtobufReader(bytes, name);
  const file: SentencePieceFile = { ...defaultSettings(), name, pieces: [], unknownId: -1 };
  const places: number[] = [];
  for (const field of reader.fields()) {
    if (field.number === 1) {
      places.push(field.at);
      file.pieces.push(readPiece(reader, field));
    } else if (field.number === 2) {
      readTrainerSpec(reader, field, file);
    } else if (field.number === 3) {
      readNormalizerSpec(reader, field, file);
    } else if (field.number === 5) {
      file.denormalizer ??= defaultNormalizer();
      readNormalizerSpec(reader, field, file.denormalizer);
    }
  }
  checkPieces(reader, file, places, bytes.length);
  return file;
}

function readPiece(reader: ProtobufReader, message: ProtobufField): SentencePiece {
  const piece: SentencePiece = { piece: "", score: 0, type: PIECE_TYPES.normal };
  for (const field of reader.message(message)) {
    if (field.number === 1) piece.piece = reader.string(field);
    else if (field.number === 2) piece.score = reader.float(field);
    else if (field.number === 3) {
      piece.type = reader.int32(field);
      if (piece.type < 1 || piece.type > 6)
        throw reader.fail(field.at, `a piece of type ${piece.type}`, "a type from 1 to 6");
    }
  }
  if (piece.piece === "") throw reader.fail(message.at, "an empty piece", "a non-empty piece");
  return piece;
}

function readTrainerSpec(reader: ProtobufReader, message: ProtobufField, file: SentencePieceFile): void {
  for (const field of reader.message(message)) {
    if (field.number === 3) {
      const type = reader.int32(field);
      const known = MODEL_TYPES.get(type);
      if (known === undefined) throw reader.fail(field.at, `model type ${type}`, "1 (unigram) or 2 (BPE)");
      file.modelType = known;
    } else if (field.number === 24) file.whitespaceAsSuffix = reader.boolean(field);
    else if (field.number === 35) file.byteFallback = reader.boolean(field);
    else if (field.number === 44) file.unknownSurface = reader.string(field);
    else if (field.number === 45) file.roles.unk = reader.string(field);
    else if (field.number === 46) file.roles.bos = reader.string(field);
    else if (field.number === 47) file.roles.eos = reader.string(field);
    else if (field.number === 48) file.roles.pad = reader.string(field);
  }
}

function readNormalizerSpec(reader: ProtobufReader, message: ProtobufField, settings: NormalizerSettings): void {
  for (const field of reader.message(message)) {
    if (field.number === 2) {
      settings.charsmap = reader.bytes(field);
      settings.charsmapAt = `byte ${field.from}`;
    } else if (field.number === 3) settings.addDummyPrefix = reader.boolean(field);
    else if (field.number === 4) settings.removeExtraWhitespaces = reader.boolean(field);
    else if (field.number === 5) settings.escapeWhitespaces = reader.boolean(field);
  }
}

function checkPieces(reader: ProtobufReader, file: SentencePieceFile, places: number[], end: number): void {
  const seen = new Map<string, number>();
  let bytes = 0;
  file.pieces.forEach(({ piece, type }, id) => {
    const at = places[id] as number;
    const other = seen.get(piece);
    if (other !== undefined)
      throw reader.fail(at, `${describeJson(piece)} as piece ${id}, which is piece ${other}`, "unique pieces");
    seen.set(piece, id);
    if (type === PIECE_TYPES.unknown) {
      if (file.unknownId >= 0)
        throw reader.fail(at, `${describeJson(piece)}, a second unknown piece`, "one unknown piece");
      file.unknownId = id;
    } else if (type === PIECE_TYPES.byte) {
      if (!file.byteFallback)
        throw reader.fail(at, `a byte piece, ${describeJson(piece)}`, "none, because byte_fallback is false");
      if (!BYTE_PIECE.test(piece)) throw reader.fail(at, describeJson(piece), "a byte piece from <0x00> to <0xFF>");
      bytes++;
    }
  });
  if (file.unknownId < 0)
    throw reader.fail(end, `${file.pieces.length} pieces, but no unknown piece`, "an unknown piece");
  if (file.byteFallback && bytes < 256)
    throw reader.fail(end, `${bytes} byte pieces`, "256, because byte_fallback is true");
}
