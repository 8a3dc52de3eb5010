import type { AlignedText } from "../aligned-text";
import { codePointCount, utf8 } from "../unicode";
import { align, type Change } from "./changes";
import type { Charsmap } from "./charsmap";
import { graphemes } from "./graphemes";
import type { Normalizer } from "./normalizer";

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
    const changes: Change[] = [];
    let modified = false;
    const replace = (part: string): boolean => {
      const replacement = this.#charsmap.replacement(part);
      if (replacement === undefined) return false;
      modified = true;
      record(changes, codePointCount(part), replacement);
      return true;
    };
    for (const cluster of graphemes(text.text)) {
      if (isShort(cluster) && replace(cluster)) continue;
      for (const character of cluster) if (!replace(character)) changes.push({ character, change: 0 });
    }
    return modified ? align(text, changes) : text;
  }
}

function isShort(cluster: string): boolean {
  return cluster.length === 1 || (cluster.length <= LONGEST_CLUSTER && utf8(cluster).length <= LONGEST_CLUSTER);
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
