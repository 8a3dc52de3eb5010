import type { Decoder } from "../../pipeline";
import { textOfUtf8 } from "../../text";

import { SentencePieceDenormalizer } from "./denormalizer";
import { PIECE_TYPES, type SentencePieceFile } from "./model-file";
import { SPACE_SIGN } from "./normalizer";

const REPLACEMENT = "\ufffd";

/**
 * SentencePiece's decoder: control pieces are dropped, the unknown piece becomes its sign, runs of byte pieces are
 * decoded as UTF-8, and the prepended space is removed. Then the file's own denormalization rules apply, if any.
 */
export class SentencePieceDecoder implements Decoder {
  readonly #file: SentencePieceFile;
  readonly #types: ReadonlyMap<string, number>;
  readonly #denormalizer: SentencePieceDenormalizer | undefined;

  constructor(file: SentencePieceFile) {
    this.#file = file;
    this.#denormalizer = file.denormalizer?.charsmap.length ? new SentencePieceDenormalizer(file) : undefined;
    const special = file.pieces.filter(({ type }) => type !== PIECE_TYPES.normal);
    this.#types = new Map(special.map(({ piece, type }) => [piece, type]));
  }

  decode(tokens: readonly string[]): string[] {
    const parts = this.#plain(tokens);
    return this.#denormalizer === undefined ? parts : [this.#denormalizer.apply(parts.join(""))];
  }

  #plain(tokens: readonly string[]): string[] {
    const { addDummyPrefix, removeExtraWhitespaces, unknownSurface } = this.#file;
    const parts: string[] = [];
    let bytes: number[] = [];
    let isEmpty = true;
    let atStart = true;
    let spaceSeen = false;
    const add = (part: string): void => {
      parts.push(part);
      isEmpty &&= part === "";
    };
    for (const token of tokens) {
      const type = this.#types.get(token);
      if (type === PIECE_TYPES.byte) {
        bytes.push(Number.parseInt(token.slice(3, 5), 16));
        continue;
      }
      add(textOfBytes(bytes));
      bytes = [];
      if (spaceSeen || !isEmpty) atStart = false;
      spaceSeen = false;
      if (type === PIECE_TYPES.control) continue;
      if (type === PIECE_TYPES.unknown) {
        add(unknownSurface);
        continue;
      }
      const dropped = atStart && (addDummyPrefix || removeExtraWhitespaces) && token.startsWith(SPACE_SIGN);
      spaceSeen = dropped && !removeExtraWhitespaces;
      add((dropped ? token.slice(SPACE_SIGN.length) : token).replaceAll(SPACE_SIGN, " "));
    }
    add(textOfBytes(bytes));
    return parts;
  }

  /** Trailing bytes may begin a character, and trailing text may begin something that a rule replaces. */
  unsettled(tokens: readonly string[]): number {
    let count = 0;
    while (count < tokens.length && this.#types.get(tokens.at(-1 - count) as string) === PIECE_TYPES.byte) count++;
    if (this.#denormalizer === undefined) return count;
    const text = (end: number): string => this.#plain(tokens.slice(0, end)).join("");
    const settled = this.#denormalizer.settled(text(tokens.length - count));
    while (count < tokens.length && text(tokens.length - count).length > settled) count++;
    return count;
  }
}

/** Decodes UTF-8 bytes; every byte that is not part of a character becomes U+FFFD. */
function textOfBytes(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const character = textOfUtf8(Uint8Array.from(bytes.slice(at, at + length)));
    const isWhole = isOneCharacter(character) && (character !== REPLACEMENT || isReplacement(bytes, at));
    text += isWhole ? character : REPLACEMENT;
    at += isWhole ? length : 1;
  }
  return text;
}

function isOneCharacter(text: string): boolean {
  return text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
}

function isReplacement(bytes: readonly number[], at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
}
