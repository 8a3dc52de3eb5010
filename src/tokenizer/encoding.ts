import type { Offsets } from "./aligned-text";

/** What {@link Tokenizer.encode} returns: arrays of one length, an entry for every token. */
export interface Encoding {
  ids: number[];
  tokens: string[];
  /**
   * `[start, end]` in UTF-16 code units of the text the token came from (the text, or the pair): `text.slice(start,
   * end)` is what the token stands for. A token that came from no text has `[0, 0]`.
   */
  offsets: [start: number, end: number][];
  /** Token type ids (segment ids). */
  types: number[];
  /** 1 for tokens that the post-processor put in. */
  special: (0 | 1)[];
  /** Which word of its text the token is part of; null for tokens that the post-processor put in. */
  words: (number | null)[];
  /** What truncation cut off, in windows of the same length; absent where nothing was. */
  overflow?: Encoding[];
}

/** One token on its way through the post-processor. */
export interface EncodedToken {
  readonly id: number;
  readonly token: string;
  readonly offsets: Offsets;
  readonly type: number;
  readonly special: 0 | 1;
  readonly word: number | null;
}

/** Tokens of one text with the windows that truncation cut off. */
export interface EncodedPart {
  readonly tokens: readonly EncodedToken[];
  readonly overflow: readonly (readonly EncodedToken[])[];
}

export function specialToken(id: number, token: string, type: number): EncodedToken {
  return { id, token, offsets: [0, 0], type, special: 1, word: null };
}

/** Applies a change to the tokens of a part and of its overflow alike. */
export function mapPart(
  part: EncodedPart,
  change: (tokens: readonly EncodedToken[]) => readonly EncodedToken[],
): EncodedPart {
  return { tokens: change(part.tokens), overflow: part.overflow.map(change) };
}

/** Puts parts one after another; their overflows are combined, each window of one with each of the other. */
export function joinParts(parts: readonly EncodedPart[]): EncodedPart {
  return parts.reduce(
    (left, right) => ({
      tokens: [...left.tokens, ...right.tokens],
      overflow: [
        ...left.overflow.flatMap((window) => [right.tokens, ...right.overflow].map((other) => [...window, ...other])),
        ...right.overflow.map((other) => [...left.tokens, ...other]),
      ],
    }),
    { tokens: [], overflow: [] },
  );
}

export function toEncoding(tokens: readonly EncodedToken[]): Encoding {
  return {
    ids: tokens.map(({ id }) => id),
    tokens: tokens.map(({ token }) => token),
    offsets: tokens.map(({ offsets: [start, end] }) => [start, end]),
    types: tokens.map(({ type }) => type),
    special: tokens.map(({ special }) => special),
    words: tokens.map(({ word }) => word),
  };
}
