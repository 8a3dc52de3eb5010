import { problem } from "../fields";
import { strictTextOfUtf8, utf8 } from "../unicode";

/** Texts looked up before; what does not fit any more is looked up each time. */
const CACHE_CAPACITY = 1 << 14;

/**
 * SentencePiece's table of replacements: a double-array trie (Darts) from the UTF-8 of a text to a place in a list of
 * strings that end in NUL. The bytes are the trie's size in bytes (32 bits, little endian), the trie's units (32 bits
 * each), and the list.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc, DecodePrecompiledCharsMap
 * @see https://github.com/s-yata/darts-clone
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #strings: Uint8Array;
  readonly #at: string;
  readonly #cache = new Map<string, string | undefined>();

  /** @throws FormatError naming `at` if it is not base64, or its parts do not have the sizes they say. */
  constructor(base64: string, at: string) {
    const bytes = bytesOfBase64(base64, at);
    if (bytes.length < 4) throw problem(at, `${bytes.length} bytes`, "at least the 4 bytes of the trie's size");
    const view = new DataView(bytes.buffer);
    const size = view.getUint32(0, true);
    if (size % 4 !== 0 || size === 0 || size > bytes.length - 4) {
      throw problem(at, `a trie of ${size} bytes`, `a multiple of 4 from 4 to ${bytes.length - 4}`);
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, index) => view.getUint32(4 + 4 * index, true));
    this.#strings = bytes.subarray(4 + size);
    this.#at = at;
    if (strictTextOfUtf8(this.#strings) === undefined) throw problem(at, "strings that are not UTF-8", "UTF-8");
  }

  /** What the shortest beginning of a text that the table has becomes; nothing if it has none. */
  replacement(text: string): string | undefined {
    if (this.#cache.has(text)) return this.#cache.get(text);
    const place = this.#placeOfShortestPrefix(utf8(text));
    const replacement = place === undefined ? undefined : this.#stringAt(place);
    if (this.#cache.size < CACHE_CAPACITY) this.#cache.set(text, replacement);
    return replacement;
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
      throw problem(this.#at, `unit ${node} of the trie`, `a trie that stays in its ${this.#units.length} units`);
    }
    return unit;
  }

  #stringAt(place: number): string {
    const found = place < this.#strings.length ? this.#strings.indexOf(0, place) : place;
    const end = found < 0 ? this.#strings.length : found;
    const text = strictTextOfUtf8(this.#strings.subarray(place, end));
    if (place > this.#strings.length || text === undefined) {
      throw problem(this.#at, `string ${place}`, `the start of a string in ${this.#strings.length} bytes`);
    }
    return text;
  }
}

/** A unit's fields; the offset is in steps of 256 where bit 9 is set. */
function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** A unit with a value has bit 31 set, so that it is the label of no byte. */
function labelOf(unit: number): number {
  return (unit & 0x800000ff) >>> 0;
}

function hasLeaf(unit: number): boolean {
  return (unit & 0x100) !== 0;
}

function bytesOfBase64(base64: string, at: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    throw problem(at, "text that is not base64", "base64");
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
