import { bytesOfToken, textOfUtf8, utf8 } from "../text";

/** What a tokenizer gives to find the bytes of its tokens. */
interface Source {
  /** Decodes ordinary tokens without clean-up. */
  readonly text: (ids: readonly number[]) => string;
  /** The token as the decoder receives it; undefined for special tokens and ids without a token. */
  readonly token: (id: number) => string | undefined;
  /** Whether the decoder joins the bytes of tokens in GPT-2's alphabet, and does nothing else. */
  readonly isByteLevel: boolean;
  readonly size: () => number;
}

const BYTE_TOKEN = /^<0x([0-9a-fA-F]{2})>$/;
const REPLACEMENT = "\ufffd";
/** Tokens that are checked together. */
const RUN = 32;

/** An ordinary word, and the text that it adds behind itself. */
interface Anchor {
  readonly id: number;
  readonly text: string;
  readonly again: string;
}

/** The bytes that tokens add to a decoded text. They are found by decoding, so they are right for every decoder. */
export class TokenBytes {
  readonly #source: Source;
  #anchor: Anchor | undefined;
  /** A run of ids whose bytes were found together. */
  #run: { start: number; bytes: readonly (Uint8Array | undefined)[] } = { start: -1, bytes: [] };

  constructor(source: Source) {
    this.#source = source;
  }

  /** At the start of a text. */
  first(id: number): Uint8Array | undefined {
    const token = this.#source.token(id);
    if (token === undefined) return undefined;
    return this.#source.isByteLevel ? bytesOfToken(token) : bytesOf(token, this.#source.text([id]));
  }

  /** Behind other tokens. */
  next(id: number): Uint8Array | undefined {
    if (this.#source.isByteLevel) return this.first(id);
    if (this.#source.token(id) === undefined) return undefined;
    this.#anchor ??= this.#findAnchor();
    if (this.#anchor === undefined) return undefined;
    const start = id - (id % RUN);
    if (this.#run.start !== start) this.#run = { start, bytes: this.#bytesFrom(start, this.#anchor) };
    return this.#run.bytes[id - start]?.slice();
  }

  #bytesFrom(start: number, anchor: Anchor): readonly (Uint8Array | undefined)[] {
    const added = Array.from({ length: RUN }, (_, i) => {
      const isToken = this.#source.token(start + i) !== undefined;
      return isToken ? this.#added(anchor.text, [anchor.id, start + i]) : undefined;
    });
    // If the text of a token depends on what follows, it has no bytes of its own. All are tried in one text, and each
    // alone only if that fails.
    const whole = added.map((text) => (text?.includes(REPLACEMENT) ? undefined : text));
    const ids = whole.flatMap((text, i) => (text === undefined ? [] : [start + i, anchor.id]));
    const joined = whole.map((text) => (text === undefined ? "" : text + anchor.again)).join("");
    const areFixed = this.#added(anchor.text, [anchor.id, ...ids]) === joined;
    return added.map((text, i) => {
      if (text === undefined) return undefined;
      const id = start + i;
      const follows = () => this.#added(anchor.text + text, [anchor.id, id, anchor.id]) === anchor.again;
      const isFixed = areFixed || whole[i] === undefined || follows();
      return isFixed ? bytesOf(this.#source.token(id)!, text) : undefined;
    });
  }

  /** What the ids add to a text that they begin with. */
  #added(before: string, ids: readonly number[]): string | undefined {
    const text = this.#source.text(ids);
    return text.startsWith(before) ? text.slice(before.length) : undefined;
  }

  #findAnchor(): Anchor | undefined {
    for (let id = 0; id < this.#source.size(); id++) {
      const token = this.#source.token(id);
      // A run of byte tokens is decoded together, so none of them stands for other tokens.
      if (token === undefined || BYTE_TOKEN.test(token)) continue;
      const text = this.#source.text([id]);
      if (!/^[A-Za-z0-9]+$/.test(text)) continue;
      const again = this.#added(text, [id, id]);
      if (again?.endsWith(text) && this.#added(text + again, [id, id, id]) === again) return { id, text, again };
    }
    return undefined;
  }
}

function bytesOf(token: string, text: string): Uint8Array | undefined {
  if (!text.includes(REPLACEMENT)) return utf8(text);
  // Part of a character: the decoder cannot show it, but the name of the token does.
  const byte = BYTE_TOKEN.exec(token)?.[1];
  const bytes = byte === undefined ? bytesOfToken(token) : Uint8Array.of(Number.parseInt(byte, 16));
  return textOfUtf8(bytes) === text ? bytes : undefined;
}
