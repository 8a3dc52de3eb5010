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

/** Tokens on their way through the post-processor. Columns, because an object for every token takes most of the time. */
export interface EncodedTokens extends Omit<Encoding, "overflow" | "offsets"> {
  starts: number[];
  ends: number[];
}

/** Tokens of one text with the windows that truncation cut off. */
export interface EncodedPart {
  /** The text that the offsets are places in. */
  readonly text: string;
  readonly tokens: EncodedTokens;
  readonly overflow: readonly EncodedTokens[];
}

/** What a post-processor puts in. */
export interface NamedToken {
  readonly token: string;
  readonly id: number;
}

export function noTokens(): EncodedTokens {
  return { ids: [], tokens: [], starts: [], ends: [], types: [], special: [], words: [] };
}

export function specialTokens(named: readonly NamedToken[], type: number): EncodedTokens {
  return {
    ids: named.map(({ id }) => id),
    tokens: named.map(({ token }) => token),
    starts: named.map(() => 0),
    ends: named.map(() => 0),
    types: named.map(() => type),
    special: named.map(() => 1),
    words: named.map(() => null),
  };
}

export function withType(tokens: EncodedTokens, type: number): EncodedTokens {
  return { ...tokens, types: new Array<number>(tokens.types.length).fill(type) };
}

export function sliceTokens(tokens: EncodedTokens, from: number, to: number): EncodedTokens {
  return {
    ids: tokens.ids.slice(from, to),
    tokens: tokens.tokens.slice(from, to),
    starts: tokens.starts.slice(from, to),
    ends: tokens.ends.slice(from, to),
    types: tokens.types.slice(from, to),
    special: tokens.special.slice(from, to),
    words: tokens.words.slice(from, to),
  };
}

function concatenated(left: EncodedTokens, right: EncodedTokens): EncodedTokens {
  if (left.ids.length === 0) return right;
  if (right.ids.length === 0) return left;
  return {
    ids: left.ids.concat(right.ids),
    tokens: left.tokens.concat(right.tokens),
    starts: left.starts.concat(right.starts),
    ends: left.ends.concat(right.ends),
    types: left.types.concat(right.types),
    special: left.special.concat(right.special),
    words: left.words.concat(right.words),
  };
}

/** Applies a change to the tokens of a part and of its overflow alike. */
export function mapPart(part: EncodedPart, change: (tokens: EncodedTokens) => EncodedTokens): EncodedPart {
  return { text: part.text, tokens: change(part.tokens), overflow: part.overflow.map(change) };
}

/** Puts tokens one after another. */
export function joinTokens(parts: readonly EncodedTokens[]): EncodedTokens {
  return parts.reduce(concatenated, noTokens());
}

/** Puts parts one after another; their overflows are combined, each window of one with each of the other. */
export function joinParts(parts: readonly EncodedPart[]): EncodedPart {
  return parts.reduce(
    (left, right) => ({
      text: right.text,
      tokens: concatenated(left.tokens, right.tokens),
      overflow: [
        ...left.overflow.flatMap((window) =>
          [right.tokens, ...right.overflow].map((other) => concatenated(window, other)),
        ),
        ...right.overflow.map((other) => concatenated(left.tokens, other)),
      ],
    }),
    { text: "", tokens: noTokens(), overflow: [] },
  );
}

/** Pairs of offsets are made when somebody asks: half of the time of encoding goes into them. */
export function toEncoding({ ids, tokens, starts, ends, types, special, words }: EncodedTokens): Encoding {
  let offsets: Encoding["offsets"] | undefined;
  return {
    ids,
    tokens,
    get offsets() {
      offsets ??= starts.map((start, index) => [start, ends[index] as number]);
      return offsets;
    },
    set offsets(changed) {
      offsets = changed;
    },
    types,
    special,
    words,
  };
}
