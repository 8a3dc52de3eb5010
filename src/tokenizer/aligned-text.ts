import { type Alignment, Spans } from "./spans";

/** `[start, end]` in UTF-16 code units of the original text. */
export type Offsets = [start: number, end: number];

/** The code units `[from, to)` become `content`. */
export interface Edit {
  from: number;
  to: number;
  content: string;
}

/**
 * A piece of text that still knows where each of its characters came from, however it has been normalized since.
 * Values are immutable: every operation returns another one.
 *
 * Text that was never changed carries no alignment: its code unit `i` is the original's code unit `start + i`.
 */
export class AlignedText {
  readonly text: string;
  /** The span of the original text that this piece covers. */
  readonly start: number;
  readonly end: number;
  readonly #alignment: Alignment | undefined;
  /** Where this piece begins in the alignment, which pieces of one text share. */
  readonly #first: number;

  private constructor(text: string, start: number, end: number, alignment?: Alignment, first = 0) {
    this.text = text;
    this.start = start;
    this.end = end;
    this.#alignment = alignment;
    this.#first = first;
  }

  /** @param start where the text stands in the original */
  static of(text: string, start = 0): AlignedText {
    return new AlignedText(text, start, start + text.length);
  }

  get length(): number {
    return this.text.length;
  }

  /** Whether its code unit `i` still is the original's code unit `start + i`. */
  get isUnchanged(): boolean {
    return this.#alignment === undefined;
  }

  /** Where the code units `[from, to)` of the current text came from. An empty range gives an empty span. */
  offsets(from: number, to: number): Offsets {
    const start = this.startOf(from);
    return [start, from >= to ? start : this.endOf(to - 1)];
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.text.length && this.start === this.startOf(0)) return this;
    const [start, end] = this.offsets(from, to);
    return new AlignedText(this.text.slice(from, to), start, end, this.#alignment, this.#first + from);
  }

  /**
   * Each character that matches becomes a string (perhaps empty) that keeps the character's place in the original.
   *
   * @param which a global regular expression that matches single characters
   */
  mapCharacters(which: RegExp, replacement: (character: string) => string): AlignedText {
    let keepsPlaces = true;
    /** For every match: where it was, its length, and the length of what it became. */
    const changes: number[] = [];
    const text = this.text.replace(which, (character, at: number) => {
      const replaced = replacement(character);
      keepsPlaces &&= sameUnits(character, replaced);
      changes.push(at, character.length, replaced.length);
      return replaced;
    });
    if (text === this.text) return this;
    if (keepsPlaces) return new AlignedText(text, this.start, this.end, this.#alignment, this.#first);
    const spans = new Spans(text.length, this);
    for (let i = 0; i < changes.length; i += 3) {
      const at = changes[i] as number;
      const to = at + (changes[i + 1] as number);
      spans.keepUntil(at);
      spans.replace(to, changes[i + 2] as number, this.startOf(at), this.endOf(to - 1));
    }
    spans.keepUntil(this.text.length);
    return new AlignedText(text, this.start, this.end, spans);
  }

  /** Each range, which is one character, becomes a string (perhaps empty) that keeps the character's place. */
  replaceEach(ranges: readonly number[], contents: readonly string[]): AlignedText {
    if (contents.length === 0) return this;
    const old = this.text;
    let text = "";
    let at = 0;
    let keepsPlaces = true;
    for (let i = 0; i < contents.length; i++) {
      const [from, to, content] = [ranges[2 * i] as number, ranges[2 * i + 1] as number, contents[i] as string];
      keepsPlaces &&= content.length === to - from && (content.length === 1 || isInsidePair(content, 1));
      text += old.slice(at, from) + content;
      at = to;
    }
    text += old.slice(at);
    if (keepsPlaces) return new AlignedText(text, this.start, this.end, this.#alignment, this.#first);
    const spans = new Spans(text.length, this);
    for (let i = 0; i < contents.length; i++) {
      const [from, to, content] = [ranges[2 * i] as number, ranges[2 * i + 1] as number, contents[i] as string];
      spans.keepUntil(from);
      spans.replace(to, content.length, this.startOf(from), this.endOf(to - 1));
    }
    spans.keepUntil(old.length);
    return new AlignedText(text, this.start, this.end, spans);
  }

  /** Puts text in front; it shares the first character's place. Nothing can be put in front of an empty text. */
  prepend(prefix: string): AlignedText {
    const first = this.text.codePointAt(0);
    if (first === undefined) return this;
    const [start, end] = this.offsets(0, first > 0xffff ? 2 : 1);
    const spans = new Spans(prefix.length + this.text.length, this);
    spans.replace(0, prefix.length, start, end);
    spans.keepUntil(this.text.length);
    return new AlignedText(prefix + this.text, this.start, this.end, spans);
  }

  /**
   * Each range of the current text becomes `content`, which takes the place of the last character it replaces.
   *
   * @param ranges start and end of the first range, of the second, and so on
   */
  replaceRanges(ranges: readonly number[], content: string): AlignedText {
    if (ranges.length === 0) return this;
    let text = "";
    let at = 0;
    let keepsPlaces = true;
    for (let i = 0; i < ranges.length; i += 2) {
      const [from, to] = [ranges[i] as number, ranges[i + 1] as number];
      keepsPlaces &&= to - from === 1 && content.length === 1;
      text += this.text.slice(at, from) + content;
      at = to;
    }
    text += this.text.slice(at);
    if (keepsPlaces) return new AlignedText(text, this.start, this.end, this.#alignment, this.#first);
    const spans = new Spans(text.length, this);
    for (let i = 0; i < ranges.length; i += 2) {
      const [from, to] = [ranges[i] as number, ranges[i + 1] as number];
      spans.keepUntil(from);
      const start = to > 0 ? this.startOf(to - 1) : this.start;
      spans.replace(to, content.length, start, to > 0 ? this.endOf(to - 1) : start);
    }
    spans.keepUntil(this.text.length);
    return new AlignedText(text, this.start, this.end, spans);
  }

  /**
   * The characters of each range become others, one for one; new ones that are left over take the place of the last old
   * one, and old ones that are left over are gone.
   */
  replaceCharacters(edits: readonly Edit[]): AlignedText {
    let text = "";
    let at = 0;
    let keepsPlaces = true;
    for (const { from, to, content } of edits) {
      keepsPlaces &&= to - from === 1 && content.length === 1;
      text += this.text.slice(at, from) + content;
      at = to;
    }
    text += this.text.slice(at);
    if (keepsPlaces) return new AlignedText(text, this.start, this.end, this.#alignment, this.#first);
    const spans = new Spans(text.length, this);
    for (const { from, to, content } of edits) {
      spans.keepUntil(from);
      let old = from;
      for (const character of content) {
        const next = old + ((this.text.codePointAt(old) as number) > 0xffff ? 2 : 1);
        spans.replace(to, character.length, this.startOf(old), this.endOf(next - 1));
        if (next < to) old = next;
      }
      spans.replace(to, 0, 0, 0);
    }
    spans.keepUntil(this.text.length);
    return new AlignedText(text, this.start, this.end, spans);
  }

  /** Another text for the same piece, with the span of the original for each of its code units. */
  rewrite(text: string, starts: number[], ends: number[]): AlignedText {
    const alignment = { starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
    return new AlignedText(text, this.start, this.end, alignment);
  }

  /** Where the character of a code unit begins in the original. */
  startOf(index: number): number {
    if (this.#alignment === undefined) return this.start + (isInsidePair(this.text, index) ? index - 1 : index);
    return index < this.text.length ? (this.#alignment.starts[this.#first + index] as number) : this.end;
  }

  /** Where the character of a code unit ends in the original. */
  endOf(index: number): number {
    if (this.#alignment === undefined) return this.start + index + (isInsidePair(this.text, index + 1) ? 2 : 1);
    return index < this.text.length ? (this.#alignment.ends[this.#first + index] as number) : this.end;
  }
}

/** Whether one character may stand where another stood without moving anything. */
function sameUnits(character: string, replaced: string): boolean {
  if (replaced.length !== character.length) return false;
  return character.length === 1 || (replaced.codePointAt(0) as number) > 0xffff;
}

/** Whether a cut at `index` would fall between the two halves of one character. */
function isInsidePair(text: string, index: number): boolean {
  const low = text.charCodeAt(index);
  if (!(low >= 0xdc00 && low <= 0xdfff)) return false;
  const high = text.charCodeAt(index - 1);
  return high >= 0xd800 && high <= 0xdbff;
}
