import { utf8 } from "../../text";
import type { Vocabulary } from "../../vocabulary";

/** The ids of the tokens `<0x00>` … `<0xFF>` for the UTF-8 bytes of a text; undefined if one of them is missing. */
export function byteTokenIds(text: string, vocabulary: Vocabulary): number[] | undefined {
  const ids = Array.from(utf8(text), (byte) => vocabulary.id(byteToken(byte)));
  return ids.every((id) => id !== undefined) ? ids : undefined;
}

/** The name of a byte in vocabularies with byte fallback. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
