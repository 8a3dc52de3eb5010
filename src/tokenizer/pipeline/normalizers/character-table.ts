import type { AlignedText } from "../../text";

const CODE_POINTS = 0x110000;
const STAYS = 1;
const CHANGES = 2;

/** What single characters become, remembered by code point: to ask each time takes most of the time of normalizing. */
export class CharacterTable {
  readonly #become: (character: string) => string;
  /** Of each code point that was asked for, whether it stays; 0 for others. Made at the first question. */
  #known: Uint8Array | undefined;
  readonly #changed = new Map<number, string>();

  constructor(become: (character: string) => string) {
    this.#become = become;
  }

  /** What a character becomes; nothing if it stays. */
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

  /** Every character becomes what it becomes, in its own place. */
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
