import { expectModest } from "./modest";
import { type Alignment, Spans } from "./spans";

/** `[start, end]` in UTF-16 code units of the original text. */
export type Offsets = [start: number, end: number];

/**
 * A piece of text that remembers where each of its characters came from, however it has been normalized.
 * Values are immutable: every operation returns a new one.
 *
 * Text that was never changed has no alignment: its code unit `i` is the original's code unit `start + i`.
 */
export class AlignedText {
  readonly text: string;
  /** The span of the original text that the piece covers. */
  readonly start: number;
  readonly end: number;
  readonly #alignment: Alignment | undefined;
  /** The index of this piece in the alignment, which pieces of one text share. */
  readonly #first: number;

  /** @param alignment absent if the text was never changed; `first` is the piece's index in it */
  constructor(text: string, start: number, end: number, alignment?: Alignment, first = 0) {
    this.text = text;
    this.start = start;
    this.end = end;
    this.#alignment = alignment;
    this.#first = first;
  }

  /** @param start the position of the text in the original */
  static of(text: string, start = 0): AlignedText {
    return new AlignedText(text, start, start + text.length);
  }

  get length(): number {
    return this.text.length;
  }

  /** Whether nothing was changed: code unit `i` of the text is code unit `start + i` of the original. */
  get isUnchanged(): boolean {
    return this.#alignment === undefined;
  }

  /** The span that the code units `[from, to)` of the current text came from. An empty range gives an empty span. */
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
   * Replaces each matching character by a string, which keeps the character's place in the original. An empty string
   * deletes the character.
   *
   * @param which a global regular expression that matches single characters
   */
  mapCharacters(which: RegExp, replacement: (character: string) => string): AlignedText {
    const ranges: number[] = [];
    const contents: string[] = [];
    for (const { 0: character, index } of this.text.matchAll(which)) {
      ranges.push(index, index + character.length);
      contents.push(replacement(character));
    }
    return this.edit(ranges, contents);
  }

  /** Prepends text, which gets the first character's place. Nothing can be prepended to an empty text. */
  prepend(prefix: string): AlignedText {
    return this.text === "" ? this : this.edit([0, 0], [prefix], () => [this.startOf(0), this.endOf(0)]);
  }

  /**
   * Replaces each range of the current text by a string with a single place in the original. An empty string deletes the
   * range. Text outside the ranges keeps its place.
   *
   * @param ranges the start and end of each range, in order
   * @param contents the replacement of each range
   * @param placeOf the place of each replacement, by its index; the place of the range if omitted
   */
  edit(ranges: ArrayLike<number>, contents: readonly string[], placeOf?: (index: number) => Offsets): AlignedText {
    if (contents.length === 0) return this;
    const old = this.text;
    let text = "";
    let at = 0;
    let keepsPlaces = true;
    for (let i = 0; i < contents.length; i++) {
      const [from, to, content] = [ranges[2 * i] as number, ranges[2 * i + 1] as number, contents[i] as string];
      keepsPlaces &&= content.length === to - from && (content.length < 2 || arePairs(content, old.slice(from, to)));
      text += old.slice(at, from) + content;
      expectModest(text.length, this.end - this.start, "normalizer");
      at = to;
    }
    text += old.slice(at);
    if (keepsPlaces) return new AlignedText(text, this.start, this.end, this.#alignment, this.#first);
    const spans = new Spans(text.length, this);
    for (let i = 0; i < contents.length; i++) {
      const [from, to] = [ranges[2 * i] as number, ranges[2 * i + 1] as number];
      const [start, end] = placeOf?.(i) ?? this.offsets(from, to);
      spans.keepUntil(from);
      spans.replace(to, (contents[i] as string).length, start, end);
    }
    spans.keepUntil(old.length);
    return new AlignedText(text, this.start, this.end, spans);
  }

  /** Where the character at a code unit begins in the original. */
  startOf(index: number): number {
    if (this.#alignment === undefined) return this.start + (isInsidePair(this.text, index) ? index - 1 : index);
    return index < this.text.length ? (this.#alignment.starts[this.#first + index] as number) : this.end;
  }

  /** Where the character at a code unit ends in the original. */
  endOf(index: number): number {
    if (this.#alignment === undefined) return this.start + index + (isInsidePair(this.text, index + 1) ? 2 : 1);
    return index < this.text.length ? (this.#alignment.ends[this.#first + index] as number) : this.end;
  }
}

/** Whether both are one character of two code units, so that replacing one by the other moves nothing. */
function arePairs(content: string, old: string): boolean {
  return content.length === 2 && isInsidePair(content, 1) && isInsidePair(old, 1);
}

/** Whether a cut at `index` would split a surrogate pair. */
function isInsidePair(text: string, index: number): boolean {
  const low = text.charCodeAt(index);
  if (!(low >= 0xdc00 && low <= 0xdfff)) return false;
  const high = text.charCodeAt(index - 1);
  return high >= 0xd800 && high <= 0xdbff;
}
