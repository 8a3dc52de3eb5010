import type { AlignedText, Offsets } from "../aligned-text";
import { codePointCount, utf8 } from "../unicode";
import { align, type Change } from "./changes";
import type { Charsmap } from "./charsmap";
import { graphemes } from "./graphemes";
import type { Normalizer } from "./normalizer";

/** The code units `[from, to)` become `content`. */
interface Edit {
  from: number;
  to: number;
  content: string;
}

/** Clusters of more UTF-8 bytes are looked up character by character. */
const LONGEST_CLUSTER = 5;

/**
 * SentencePiece's normalization. A short cluster whose beginning is in the table is replaced as a whole; of others,
 * every character by itself.
 */
export class PrecompiledNormalizer implements Normalizer {
  readonly #charsmap: Charsmap;

  constructor(charsmap: Charsmap) {
    this.#charsmap = charsmap;
  }

  normalize(text: AlignedText): AlignedText {
    const edits: Edit[] = [];
    let from = 0;
    let losesCharacters = false;
    const replace = (part: string): boolean => {
      const content = this.#charsmap.replacement(part);
      if (content === undefined) return false;
      losesCharacters ||= codePointCount(content) < codePointCount(part);
      edits.push({ from, to: from + part.length, content });
      from += part.length;
      return true;
    };
    for (const cluster of graphemes(text.text)) {
      if (isShort(cluster) && replace(cluster)) continue;
      for (const character of cluster) if (!replace(character)) from += character.length;
    }
    if (losesCharacters) return align(text, changesOf(text.text, edits));
    return replaceCharacters(text, edits);
  }
}

function isShort(cluster: string): boolean {
  return cluster.length === 1 || (cluster.length <= LONGEST_CLUSTER && utf8(cluster).length <= LONGEST_CLUSTER);
}

/** Characters become others, one for one; new ones that are left over take the place of the last old one. */
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

/** Where characters are lost, the reference's offsets follow from its way to count them. */
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
 * Characters that replace others stand one for one; what is left over stands for the last old character, or the last
 * new one for all old ones that are left.
 */
function record(changes: Change[], oldCount: number, replacement: string): void {
  const characters = [...replacement];
  characters.forEach((character, index) => {
    changes.push({ character, change: index < oldCount ? 0 : 1 });
  });
  const last = changes.at(-1);
  if (last !== undefined && characters.length < oldCount) last.change += characters.length - oldCount;
}
