import type { AlignedText } from "../../text";

const CODE_POINTS = 0x110000;
const STAYS = 1;
const CHANGES = 2;

/** Caches the replacements of single characters by code point: computing them takes most of the time of normalizing. */
export class CharacterTable {
  readonly #become: (character: string) => string;
  /** For each code point, whether it is known to stay unchanged; 0 if unknown. Allocated on first use. */
  #known: Uint8Array | undefined;
  readonly #changed = new Map<number, string>();

  constructor(become: (character: string) => string) {
    this.#become = become;
  }

  /** The replacement of a character; undefined if it is unchanged. */
  get(codePoint: number): string | undefined {
    this.#known ??= new Uint8Array(CODE_POINTS);
    const known = this.#known[codePoint] || this.#ask(this.#known, codePoint);
    return known === STAYS ? undefined : this.#changed.get(codePoint);
  }

  #ask(known: Uint8Array, codePoint: number): number {
    const character = String.fromCodePoint(codePoint);
    const content = this.#become(character);
    known[codePoint] = content === character ? STAYS : CHANGES;
    if (content !== character) this.#changed.set(codePoint, content);
    return known[codePoint] as number;
  }

  /** Replaces every character in its own place. */
  normalize(text: AlignedText): AlignedText {
    const characters = text.text;
    const ranges: number[] = [];
    const contents: string[] = [];
    for (let at = 0; at < characters.length; ) {
      const codePoint = characters.codePointAt(at) as number;
      const end = at + (codePoint > 0xffff ? 2 : 1);
      const content = this.get(codePoint);
      if (content !== undefined) {
        ranges.push(at, end);
        contents.push(content);
      }
      at = end;
    }
    return text.edit(ranges, contents);
  }
}
