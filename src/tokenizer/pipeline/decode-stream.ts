import type { Detokenizer } from "./detokenizer";

/** Gives out the text of ids that come one after another, as soon as it is certain. */
export interface DecodeStream {
  /** The text that is certain now and was not before; often empty, never half a character. */
  push(id: number): string;
  /** The rest. The stream is empty afterwards and may be used again. */
  end(): string;
}

/** A window of this many ids is cut to half: long enough that what was cut off no longer matters to the decoder. */
const WINDOW = 64;

/**
 * Decodes a growing window of the last ids. The pieces together are the decoded text of all ids, whatever the decoder
 * does with the first token, with spaces, or with characters that take several tokens.
 */
export class WindowedDecodeStream implements DecodeStream {
  readonly #source: Detokenizer;
  #pushed = 0;
  #window: number[] = [];
  /** The part of the window's text that was given out. */
  #given = "";

  constructor(source: Detokenizer) {
    this.#source = source;
  }

  push(id: number): string {
    const keeps = this.#source.keeps(id, this.#pushed);
    this.#pushed++;
    if (!keeps) return "";
    this.#window.push(id);
    const text = this.#source.text(this.#window);
    const certain = text.slice(0, this.#source.certain(this.#window, text));
    const piece = certain.slice(this.#given.length);
    if (piece !== "") this.#given = certain;
    if (this.#window.length >= WINDOW && this.#given === text) this.#shorten();
    return piece;
  }

  end(): string {
    const piece = this.#source.text(this.#window).slice(this.#given.length);
    this.#window = [];
    this.#given = "";
    this.#pushed = 0;
    return piece;
  }

  /** Blank text at the start of a window may be stripped, so a window is only cut where some other text remains. */
  #shorten(): void {
    const shorter = this.#window.slice(-WINDOW / 2);
    const text = this.#source.text(shorter);
    if (this.#source.certain(shorter, text) < text.length || text.trim() === "") return;
    this.#window = shorter;
    this.#given = text;
  }
}
