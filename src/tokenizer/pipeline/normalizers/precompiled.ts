import { type AlignedText, codePointCount, type Offsets, utf8 } from "../../text";

import { align, type Change } from "./changes";
import { CharacterTable } from "./character-table";
import type { Charsmap } from "./charsmap";
import { clustersEnd, graphemes } from "./graphemes";
import type { Normalizer } from "./normalizer";

/** The code units `[from, to)` become `content`. */
interface Edit {
  from: number;
  to: number;
  content: string;
}

/** In UTF-8 bytes; longer clusters are looked up character by character. */
const LONGEST_CLUSTER = 5;

/**
 * SentencePiece's normalization. A short cluster whose prefix is in the table is replaced as a whole; in others, every
 * character is replaced individually.
 */
export class PrecompiledNormalizer implements Normalizer {
  readonly #charsmap: Charsmap;
  readonly #characters: CharacterTable;

  constructor(charsmap: Charsmap) {
    this.#charsmap = charsmap;
    this.#characters = new CharacterTable((character) => charsmap.replacement(character) ?? character);
  }

  normalize(text: AlignedText): AlignedText {
    const characters = text.text;
    const edits: Edit[] = [];
    let losesCharacters = false;
    const replace = (from: number, to: number, content: string | undefined): boolean => {
      if (content === undefined) return false;
      losesCharacters ||= codePointCount(content) < codePointCount(characters.slice(from, to));
      edits.push({ from, to, content });
      return true;
    };
    for (let from = 0; from < characters.length; ) {
      const end = clustersEnd(characters, from);
      const first = characters.codePointAt(from) as number;
      if (end - from === (first > 0xffff ? 2 : 1)) {
        replace(from, end, this.#characters.get(first));
        from = end;
        continue;
      }
      for (const cluster of graphemes(characters.slice(from, end))) {
        const whole = isShort(cluster) && replace(from, from + cluster.length, this.#charsmap.replacement(cluster));
        for (const character of cluster) {
          const to = from + character.length;
          if (!whole) replace(from, to, this.#characters.get(character.codePointAt(0) as number));
          from = to;
        }
      }
    }
    if (losesCharacters) return align(text, changesOf(text.text, edits));
    return replaceCharacters(text, edits);
  }
}

function isShort(cluster: string): boolean {
  return cluster.length === 1 || (cluster.length <= LONGEST_CLUSTER && utf8(cluster).length <= LONGEST_CLUSTER);
}

/** Replaces characters one by one; additional new characters get the place of the last old one. */
function replaceCharacters(text: AlignedText, edits: readonly Edit[]): AlignedText {
  const ranges: number[] = [];
  const contents: string[] = [];
  const places: Offsets[] = [];
  for (const { from, to, content } of edits) {
    let start = from;
    let old = from;
    for (const character of content) {
      const next = old + ((text.text.codePointAt(old) as number) > 0xffff ? 2 : 1);
      ranges.push(start, to);
      start = to;
      contents.push(character);
      places.push(text.offsets(old, next));
      if (next < to) old = next;
    }
  }
  return text.edit(ranges, contents, (i) => places[i] as Offsets);
}

/** If characters are removed, offsets follow the reference's way of counting. */
function changesOf(text: string, edits: readonly Edit[]): Change[] {
  const changes: Change[] = [];
  let at = 0;
  const keepUntil = (to: number): void => {
    for (const character of text.slice(at, to)) changes.push({ character, change: 0 });
  };
  for (const { from, to, content } of edits) {
    keepUntil(from);
    record(changes, codePointCount(text.slice(from, to)), content);
    at = to;
  }
  keepUntil(text.length);
  return changes;
}

/**
 * Characters are replaced one by one; additional new characters belong to the last old one, and the last new one covers
 * any remaining old ones.
 */
function record(changes: Change[], oldCount: number, replacement: string): void {
  const characters = [...replacement];
  characters.forEach((character, index) => {
    changes.push({ character, change: index < oldCount ? 0 : 1 });
  });
  const last = changes.at(-1);
  if (last !== undefined && characters.length < oldCount) last.change += characters.length - oldCount;
}
