import { utf8 } from "./unicode";

/**
 * GPT-2's byte alphabet: one printable character for each of the 256 bytes. Printable bytes map to themselves, the
 * others to the characters from U+0100 on, in order.
 *
 * @see https://github.com/openai/gpt-2/blob/master/src/encoder.py, bytes_to_unicode
 */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(
  BYTE_CHARACTERS.map((character, byte) => [character, byte]),
);

function byteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(prints ? byte : next++);
  });
}

/** Characters that do not map to a single byte of their own. */
export const REWRITTEN = /[^!-~]/gu;

/** A cache of single-unit characters, at most 65,536: `trainBpe` then reads multilingual texts in 0.6 of the time. */
const spellings = new Map<string, string>();

/** The UTF-8 bytes of a character, written in the alphabet. */
export function toByteCharacters(character: string): string {
  const known = spellings.get(character);
  if (known !== undefined) return known;
  const spelling = Array.from(utf8(character), (byte) => BYTE_CHARACTERS[byte]).join("");
  if (character.length === 1) spellings.set(character, spelling);
  return spelling;
}

/** The bytes of a token in the alphabet; a token with any other character becomes its own UTF-8 bytes. */
export function bytesOfToken(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF_CHARACTER.get(token[i] as string);
    if (byte === undefined) return utf8(token);
    bytes[i] = byte;
  }
  return bytes;
}
