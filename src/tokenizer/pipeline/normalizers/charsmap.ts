import type { FormatError } from "../../../errors";
import { formatError } from "../../../fields";
import { strictTextOfUtf8, TOKENIZER_FILE, utf8 } from "../../text";

/** In bytes. Unicode's replacements have up to 33; longer ones would multiply texts. */
const MOST_REPLACED = 1024;

/** Number of cached lookups; others are repeated each time. */
const CACHE_CAPACITY = 1 << 14;

/**
 * SentencePiece's replacement table: a double-array trie (Darts) from the UTF-8 of a text to an offset in a list of
 * NUL-terminated strings. The bytes are the trie's size in bytes (32 bits, little-endian), the trie's units (32 bits
 * each), and the list.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc, DecodePrecompiledCharsMap
 * @see https://github.com/s-yata/darts-clone
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #strings: Uint8Array;
  readonly #at: string;
  readonly #file: string;
  readonly #cache = new Map<string, string | undefined>();

  /**
   * @param source the table's bytes, or base64 of them
   * @throws FormatError naming `file` and `at` if it is not base64, or its parts do not have the declared sizes.
   */
  constructor(source: string | Uint8Array, at: string, file = TOKENIZER_FILE) {
    this.#at = at;
    this.#file = file;
    const bytes = typeof source === "string" ? this.#bytesOfBase64(source) : source;
    if (bytes.length < 4) throw this.#problem(`${bytes.length} bytes`, "at least the 4 bytes of the trie's size");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = view.getUint32(0, true);
    if (size % 4 !== 0 || size === 0 || size > bytes.length - 4) {
      throw this.#problem(`a trie of ${size} bytes`, `a multiple of 4 from 4 to ${bytes.length - 4}`);
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, index) => view.getUint32(4 + 4 * index, true));
    this.#strings = bytes.subarray(4 + size);
    if (strictTextOfUtf8(this.#strings) === undefined) throw this.#problem("strings that are not UTF-8", "UTF-8");
  }

  /** The replacement of the shortest prefix of the text that is in the table; undefined if there is none. */
  replacement(text: string): string | undefined {
    if (this.#cache.has(text)) return this.#cache.get(text);
    const place = this.#placeOfShortestPrefix(utf8(text));
    const replacement = place === undefined ? undefined : this.#stringAt(place);
    if (this.#cache.size < CACHE_CAPACITY) this.#cache.set(text, replacement);
    return replacement;
  }

  /** The replacement of the longest match at `at`, and where the match ends. */
  longest(text: string, at: number): { replacement: string; end: number } | undefined {
    const { place, placeEnd } = this.#walk(text, at);
    return place < 0 ? undefined : { replacement: this.#stringAt(place), end: placeEnd };
  }

  /** Whether a longer entry may match at `at` if more text follows. */
  mayGoOn(text: string, at: number): boolean {
    return this.#walk(text, at).reachesEnd;
  }

  #walk(text: string, at: number): { place: number; placeEnd: number; reachesEnd: boolean } {
    let node = offsetOf(this.#unit(0));
    let place = -1;
    let placeEnd = at;
    for (let end = at; end < text.length; ) {
      const code = text.codePointAt(end) as number;
      end += code > 0xffff ? 2 : 1;
      for (const byte of code < 0x80 ? [code] : utf8(String.fromCodePoint(code))) {
        node ^= byte;
        const unit = this.#unit(node);
        if (byte === 0 || labelOf(unit) !== byte) return { place, placeEnd, reachesEnd: false };
        node ^= offsetOf(unit);
        if (!hasLeaf(unit)) continue;
        place = this.#unit(node) & 0x7fffffff;
        placeEnd = end;
      }
    }
    return { place, placeEnd, reachesEnd: true };
  }

  #placeOfShortestPrefix(key: Uint8Array): number | undefined {
    let node = offsetOf(this.#unit(0));
    for (const byte of key) {
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = this.#unit(node);
      if (labelOf(unit) !== byte) return undefined;
      node ^= offsetOf(unit);
      if (hasLeaf(unit)) return this.#unit(node) & 0x7fffffff;
    }
    return undefined;
  }

  #unit(node: number): number {
    const unit = this.#units[node];
    if (unit === undefined) {
      throw this.#problem(`unit ${node} of the trie`, `a trie that stays in its ${this.#units.length} units`);
    }
    return unit;
  }

  #stringAt(place: number): string {
    const found = place < this.#strings.length ? this.#strings.indexOf(0, place) : place;
    const end = found < 0 ? this.#strings.length : found;
    const text = strictTextOfUtf8(this.#strings.subarray(place, end));
    if (end - place > MOST_REPLACED)
      throw this.#problem(`string ${place} of ${end - place} bytes`, `at most ${MOST_REPLACED}`);
    if (place > this.#strings.length || text === undefined) {
      throw this.#problem(`string ${place}`, `the start of a string within ${this.#strings.length} bytes`);
    }
    return text;
  }

  #bytesOfBase64(base64: string): Uint8Array {
    let binary: string;
    try {
      binary = atob(base64);
    } catch {
      throw this.#problem("text that is not base64", "base64");
    }
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  }

  #problem(found: string, expected: string): FormatError {
    return formatError(this.#file, this.#at, found, expected);
  }
}

/** A unit's offset, which is in steps of 256 if bit 9 is set. */
function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** Bit 31 is set in a unit with a value, so that it is not the label of any byte. */
function labelOf(unit: number): number {
  return (unit & 0x800000ff) >>> 0;
}

function hasLeaf(unit: number): boolean {
  return (unit & 0x100) !== 0;
}
