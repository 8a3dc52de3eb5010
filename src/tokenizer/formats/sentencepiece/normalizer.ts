import { Charsmap, type Normalizer, rewritten } from "../../pipeline";
import type { AlignedText } from "../../text";
import { TokenTrie } from "../../vocabulary";

import { PIECE_TYPES, type SentencePieceFile } from "./model-file";

/** The visible symbol for a space: ▁, U+2581. */
export const SPACE_SIGN = "\u2581";

/**
 * SentencePiece's normalization: the longest prefix found in the table is replaced, from left to right; user-defined
 * pieces stay unchanged; runs of spaces become one, those at the ends are removed, and a space is prepended — each as
 * the file's settings specify.
 *
 * Every character of the new text starts where its replaced text started, and ends where the next one starts, as in
 * SentencePiece.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
 */
export class SentencePieceNormalizer implements Normalizer {
  readonly #file: SentencePieceFile;
  readonly #charsmap: Charsmap | undefined;
  readonly #kept: TokenTrie | undefined;

  constructor(file: SentencePieceFile) {
    this.#file = file;
    this.#kept = userDefinedPieces(file);
    if (file.charsmap.length > 0) {
      this.#charsmap = new Charsmap(file.charsmap, file.charsmapAt, file.name);
    }
  }

  normalize(text: AlignedText): AlignedText {
    const source = text.text;
    const { addDummyPrefix, removeExtraWhitespaces, whitespaceAsSuffix } = this.#file;
    const space = this.#file.escapeWhitespaces ? SPACE_SIGN : " ";
    const parts: string[] = [];
    const places: number[] = [];
    let at = 0;
    const add = (part: string): void => {
      parts.push(part === " " ? space : part);
      for (let unit = 0; unit < part.length; unit++) places.push(at);
    };

    if (removeExtraWhitespaces) {
      for (; at < source.length; ) {
        const [part, end] = this.#prefix(source, at);
        if (part !== " ") break;
        at = end;
      }
    }
    if (at === source.length) return text.slice(0, 0);
    if (addDummyPrefix && !whitespaceAsSuffix) add(" ");
    let afterSpace = removeExtraWhitespaces;
    while (at < source.length) {
      const [whole, end] = this.#prefix(source, at);
      const part = afterSpace ? whole.replace(/^ +/, "") : whole;
      for (const unit of part.split("")) add(unit);
      if (part !== "") afterSpace = removeExtraWhitespaces && part.endsWith(" ");
      at = end;
    }
    if (removeExtraWhitespaces) {
      while (parts.at(-1) === space) {
        parts.pop();
        at = places.pop() as number;
      }
    }
    if (addDummyPrefix && whitespaceAsSuffix) add(" ");
    places.push(at);
    const starts: number[] = [];
    const ends: number[] = [];
    const startOf = (place: number): number => text.offsets(place, place)[0];
    for (let unit = 0; unit + 1 < places.length; unit++) {
      starts.push(startOf(places[unit] as number));
      ends.push(startOf(places[unit + 1] as number));
    }
    return rewritten(text, parts.join(""), starts, ends);
  }

  /** The replacement of the next stretch of the text, and where it ends. */
  #prefix(text: string, at: number): [part: string, end: number] {
    const kept = this.#kept === undefined ? 0 : longestMatch(this.#kept, text, at);
    if (kept > 0) return [text.slice(at, at + kept), at + kept];
    const replaced = this.#charsmap?.longest(text, at);
    if (replaced !== undefined) return [replaced.replacement, replaced.end];
    const end = at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1);
    return [text.slice(at, end), end];
  }
}

/** The pieces that are never split; undefined if there are none. */
export function userDefinedPieces(file: SentencePieceFile): TokenTrie | undefined {
  const own = file.pieces.filter(({ type }) => type === PIECE_TYPES.userDefined);
  if (own.length === 0) return undefined;
  const trie = new TokenTrie();
  for (const { piece } of own) trie.set(piece, 0);
  return trie;
}

/** The length in code units of the longest entry that begins at `at`; 0 if there is none. */
export function longestMatch(trie: TokenTrie, text: string, at: number): number {
  let longest = 0;
  let node = TokenTrie.ROOT;
  for (let end = at; end < text.length; end++) {
    node = trie.child(node, text.charCodeAt(end));
    if (node === TokenTrie.NONE) break;
    if (trie.value(node) !== TokenTrie.NONE) longest = end + 1 - at;
  }
  return longest;
}
