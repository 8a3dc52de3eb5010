import type { Detokenizer } from "./detokenizer";

/** Decodes ids as they arrive and returns text as soon as it is final. */
export interface DecodeStream {
  /** The text that has become final; often empty, never part of a character. */
  push(id: number): string;
  /** The remaining text. Afterwards the stream is empty and can be reused. */
  end(): string;
}

/** A window of this many ids is halved: long enough that the removed ids no longer affect the decoder. */
const WINDOW = 64;

/**
 * Decodes a growing window of the last ids. The pieces joined are the decoded text of all ids, however the decoder
 * treats the first token, spaces, or characters that span several tokens.
 */
export class WindowedDecodeStream implements DecodeStream {
  readonly #source: Detokenizer;
  #pushed = 0;
  #window: number[] = [];
  /** The part of the window's text that was returned. */
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

  /** Blank text at the start of a window may be stripped, so a window is cut only where other text remains. */
  #shorten(): void {
    const shorter = this.#window.slice(-WINDOW / 2);
    const text = this.#source.text(shorter);
    if (this.#source.certain(shorter, text) < text.length || text.trim() === "") return;
    this.#window = shorter;
    this.#given = text;
  }
}
