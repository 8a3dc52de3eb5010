/** How words are split into symbols before any merge. */
export interface AlphabetSettings {
  special: readonly string[];
  /** Characters that become symbols even if they are not in the words. */
  alphabet: readonly string[];
  /** The number of most frequent characters that are kept; all if undefined. */
  limitAlphabet?: number | undefined;
  /** Prefix of every symbol except a word's first. */
  prefix?: string | undefined;
  /** Suffix of the last symbol of every word. */
  suffix?: string | undefined;
}

/**
 * The words as ids of symbols, and the symbols' ids: special tokens, then the alphabet by code point, then symbols with
 * a prefix or suffix in order of first occurrence. Characters outside the alphabet are removed from their words.
 */
export class Symbols {
  readonly names: string[] = [];
  readonly words: readonly number[][];
  readonly #ids = new Map<string, number>();

  constructor(counts: ReadonlyMap<string, number>, settings: AlphabetSettings) {
    for (const token of settings.special) this.id(token);
    for (const character of alphabetOf(counts, settings)) this.id(character);
    this.words = [...counts.keys()].map((word) => this.#symbols(word, settings));
  }

  get size(): number {
    return this.names.length;
  }

  /** The id of a symbol, allocated if it is new. */
  id(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  #symbols(word: string, { prefix = "", suffix = "" }: AlphabetSettings): number[] {
    const ids: number[] = [];
    let start = 0;
    for (const character of word) {
      const end = start + character.length;
      if (this.#ids.has(character)) {
        ids.push(this.id((start === 0 ? "" : prefix) + character + (end === word.length ? suffix : "")));
      }
      start = end;
    }
    return ids;
  }
}

function codePoint(character: string): number {
  return character.codePointAt(0) as number;
}

/** Of equally frequent characters, those with the lower code points are kept. */
function alphabetOf(
  counts: ReadonlyMap<string, number>,
  { alphabet, limitAlphabet = Number.POSITIVE_INFINITY }: AlphabetSettings,
): string[] {
  const frequencies = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const character of word) frequencies.set(character, (frequencies.get(character) ?? 0) + count);
  }
  for (const character of alphabet) frequencies.set(character, Number.MAX_SAFE_INTEGER);
  const characters = [...frequencies].sort(([a], [b]) => codePoint(a) - codePoint(b));
  const kept =
    characters.length > limitAlphabet ? characters.sort(([, a], [, b]) => b - a).slice(0, limitAlphabet) : characters;
  return kept.map(([character]) => character).sort((a, b) => codePoint(a) - codePoint(b));
}
