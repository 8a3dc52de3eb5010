import type { AlignedText } from "./aligned-text";

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
  overflow?: Encoding[] | undefined;
}

/** What is known of tokens beside their ids, in columns: an object for every token takes most of the time. */
export interface TokenColumns extends Pick<Encoding, "tokens" | "types" | "special" | "words"> {
  starts: number[];
  ends: number[];
}

/** Tokens on their way through the post-processor. */
export interface EncodedTokens {
  readonly ids: number[];
  /** Made when somebody asks: models need ids alone, and the rest takes twice their time. */
  readonly columns: () => TokenColumns;
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

const NAMES = ["tokens", "starts", "ends", "types", "special", "words"] as const;

/** Every column, by its name. */
function columnsOf(make: (name: keyof TokenColumns) => unknown[]): TokenColumns {
  const columns: Partial<Record<keyof TokenColumns, unknown[]>> = {};
  for (const name of NAMES) columns[name] = make(name);
  return columns as TokenColumns;
}

export function noColumns(): TokenColumns {
  return columnsOf(() => []);
}

/** Appends a token that is all of a text, as a word of its own; gives the next word's number. */
export function appendToken(columns: TokenColumns, token: AlignedText, word: number): number {
  const [start, end] = token.offsets(0, token.length);
  columns.tokens.push(token.text);
  columns.starts.push(start);
  columns.ends.push(end);
  columns.words.push(word);
  return word + 1;
}

export function noTokens(): EncodedTokens {
  return { ids: [], columns: noColumns };
}

export function specialTokens(named: readonly NamedToken[], type: number): EncodedTokens {
  return {
    ids: named.map(({ id }) => id),
    columns: () => ({
      tokens: named.map(({ token }) => token),
      starts: named.map(() => 0),
      ends: named.map(() => 0),
      types: named.map(() => type),
      special: named.map(() => 1),
      words: named.map(() => null),
    }),
  };
}

/** Tokens with the same ids about which something else is said. */
export function mapColumns(tokens: EncodedTokens, change: (columns: TokenColumns) => TokenColumns): EncodedTokens {
  return { ids: tokens.ids, columns: once(() => change(tokens.columns())) };
}

export function withType(tokens: EncodedTokens, type: number): EncodedTokens {
  return mapColumns(tokens, (columns) => ({ ...columns, types: columns.types.map(() => type) }));
}

export function sliceTokens(tokens: EncodedTokens, from: number, to: number): EncodedTokens {
  const slice = (columns: TokenColumns): TokenColumns => columnsOf((name) => columns[name].slice(from, to));
  return { ids: tokens.ids.slice(from, to), columns: once(() => slice(tokens.columns())) };
}

function concatenated(left: EncodedTokens, right: EncodedTokens): EncodedTokens {
  if (left.ids.length === 0) return right;
  if (right.ids.length === 0) return left;
  const join = (first: TokenColumns, second: TokenColumns): TokenColumns =>
    columnsOf((name) => (first[name] as unknown[]).concat(second[name]));
  return { ids: left.ids.concat(right.ids), columns: once(() => join(left.columns(), right.columns())) };
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

/** A plain object whose columns are made when they are first read. */
export function toEncoding({ ids, columns }: EncodedTokens): Encoding {
  const encoding = { ids } as Encoding;
  for (const name of ["tokens", "offsets", "types", "special", "words"] as const) {
    const settle = (value: unknown): unknown => {
      Object.defineProperty(encoding, name, { value, writable: true, enumerable: true, configurable: true });
      return value;
    };
    const get = (): unknown => settle(name === "offsets" ? offsetsOf(columns()) : columns()[name]);
    Object.defineProperty(encoding, name, { get, set: settle, enumerable: true, configurable: true });
  }
  return encoding;
}

function offsetsOf({ starts, ends }: TokenColumns): Encoding["offsets"] {
  return starts.map((start, index) => [start, ends[index] as number]);
}

/** Computes at the first call, and remembers. */
export function once<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}
