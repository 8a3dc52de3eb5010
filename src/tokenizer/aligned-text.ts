/** `[start, end]` in UTF-16 code units of the original text. */
export type Offsets = readonly [start: number, end: number];

/** For every UTF-16 code unit of the current text, the span of the original text it came from. */
interface Alignment {
  starts: number[];
  ends: number[];
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

  private constructor(text: string, start: number, end: number, alignment: Alignment | undefined) {
    this.text = text;
    this.start = start;
    this.end = end;
    this.#alignment = alignment;
  }

  static of(text: string): AlignedText {
    return new AlignedText(text, 0, text.length, undefined);
  }

  get length(): number {
    return this.text.length;
  }

  /** Where the code units `[from, to)` of the current text came from. An empty range gives an empty span. */
  offsets(from: number, to: number): Offsets {
    if (from >= to) return [this.#startOf(from), this.#startOf(from)];
    return [this.#startOf(from), this.#endOf(to - 1)];
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.text.length) return this;
    const [start, end] = this.offsets(from, to);
    const alignment = this.#alignment && {
      starts: this.#alignment.starts.slice(from, to),
      ends: this.#alignment.ends.slice(from, to),
    };
    return new AlignedText(this.text.slice(from, to), start, end, alignment);
  }

  /**
   * Each character that matches becomes a string (perhaps empty) that keeps the character's place in the original.
   *
   * @param which a global regular expression that matches single characters
   */
  mapCharacters(which: RegExp, replacement: (character: string) => string): AlignedText {
    let keepsPlaces = true;
    const replacements: string[] = [];
    const text = this.text.replace(which, (character) => {
      const replaced = replacement(character);
      keepsPlaces &&= sameUnits(character, replaced);
      replacements.push(replaced);
      return replaced;
    });
    if (text === this.text) return this;
    if (keepsPlaces) return new AlignedText(text, this.start, this.end, this.#alignment);
    const starts: number[] = [];
    const ends: number[] = [];
    let at = 0;
    let index = 0;
    const keepUntil = (to: number): void => {
      for (; at < to; at++) {
        starts.push(this.#startOf(at));
        ends.push(this.#endOf(at));
      }
    };
    for (const match of this.text.matchAll(which)) {
      keepUntil(match.index);
      const [start, end] = this.offsets(at, at + match[0].length);
      for (let unit = (replacements[index] as string).length; unit > 0; unit--) {
        starts.push(start);
        ends.push(end);
      }
      at += match[0].length;
      index++;
    }
    keepUntil(this.text.length);
    return this.#with(text, { starts, ends });
  }

  /** Puts text in front; it shares the first character's place. Nothing can be put in front of an empty text. */
  prepend(prefix: string): AlignedText {
    const first = this.text.codePointAt(0);
    if (first === undefined) return this;
    const [start, end] = this.offsets(0, first > 0xffff ? 2 : 1);
    const { starts, ends } = this.#spans();
    return this.#with(prefix + this.text, {
      starts: [...new Array<number>(prefix.length).fill(start), ...starts],
      ends: [...new Array<number>(prefix.length).fill(end), ...ends],
    });
  }

  /** Each range of the current text becomes `content`, which takes the place of the last character it replaces. */
  replaceRanges(ranges: readonly Offsets[], content: string): AlignedText {
    if (ranges.length === 0) return this;
    let text = "";
    const starts: number[] = [];
    const ends: number[] = [];
    const old = this.#spans();
    let at = 0;
    const keepUntil = (to: number): void => {
      text += this.text.slice(at, to);
      for (; at < to; at++) {
        starts.push(old.starts[at] as number);
        ends.push(old.ends[at] as number);
      }
    };
    for (const [from, to] of ranges) {
      keepUntil(from);
      const start = to > 0 ? (old.starts[to - 1] as number) : this.start;
      const end = to > 0 ? (old.ends[to - 1] as number) : this.start;
      text += content;
      for (let i = 0; i < content.length; i++) {
        starts.push(start);
        ends.push(end);
      }
      at = to;
    }
    keepUntil(this.text.length);
    return this.#with(text, { starts, ends });
  }

  /** Another text for the same piece, with the span of the original for each of its code units. */
  rewrite(text: string, starts: number[], ends: number[]): AlignedText {
    return this.#with(text, { starts, ends });
  }

  #with(text: string, alignment: Alignment): AlignedText {
    return new AlignedText(text, this.start, this.end, alignment);
  }

  #spans(): Alignment {
    const starts = new Array<number>(this.text.length);
    const ends = new Array<number>(this.text.length);
    for (let i = 0; i < this.text.length; i++) {
      starts[i] = this.#startOf(i);
      ends[i] = this.#endOf(i);
    }
    return { starts, ends };
  }

  #startOf(index: number): number {
    if (this.#alignment === undefined) return this.start + (isInsidePair(this.text, index) ? index - 1 : index);
    return this.#alignment.starts[index] ?? this.end;
  }

  #endOf(index: number): number {
    if (this.#alignment === undefined) return this.start + index + (isInsidePair(this.text, index + 1) ? 2 : 1);
    return this.#alignment.ends[index] ?? this.end;
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
