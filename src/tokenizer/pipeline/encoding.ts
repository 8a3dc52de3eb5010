import type { AlignedText } from "../text";
import { withColumns } from "./columns";

/** The result of {@link Tokenizer.encode}: arrays of the same length, with an entry for every token. */
export interface Encoding {
  ids: number[];
  tokens: string[];
  /**
   * `[start, end]` in UTF-16 code units of the token's text (the text, or the pair), or of its word if words were
   * given: `text.slice(start, end)` is the token's part of it. A token that does not come from the text has `[0, 0]`.
   */
  offsets: [start: number, end: number][];
  /** Token type ids (segment ids). */
  types: number[];
  /** 1 for tokens that the post-processor added. */
  special: (0 | 1)[];
  /** The index of the token's word in its text; null for tokens that the post-processor added. */
  words: (number | null)[];
  /** What truncation removed, in windows of the same length; absent if nothing was removed. */
  overflow?: Encoding[] | undefined;
}

/** The properties of tokens beside their ids, in columns: one object per token would take most of the time. */
export interface TokenColumns extends Pick<Encoding, "tokens" | "types" | "special" | "words"> {
  starts: number[];
  ends: number[];
}

/** Tokens in the post-processor. */
export interface EncodedTokens {
  readonly ids: number[];
  /** Created on demand: models need only ids, and the rest takes twice as long. */
  readonly columns: () => TokenColumns;
}

/** The tokens of one text, with the windows that truncation removed. */
export interface EncodedPart {
  /** The text that the offsets refer to, or its words. */
  readonly text: string | readonly string[];
  readonly tokens: EncodedTokens;
  readonly overflow: readonly EncodedTokens[];
}

/** A token added by a post-processor. */
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

/** Appends a token that covers a whole text, as a word of its own; returns the next word's number. */
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

/** Tokens with the same ids and other properties. */
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

/** Applies a change to the tokens of a part and of its overflow. */
export function mapPart(part: EncodedPart, change: (tokens: EncodedTokens) => EncodedTokens): EncodedPart {
  return { text: part.text, tokens: change(part.tokens), overflow: part.overflow.map(change) };
}

/** Concatenates tokens. */
export function joinTokens(parts: readonly EncodedTokens[]): EncodedTokens {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return { ids: flat(parts.map(({ ids }) => ids)), columns: once(() => joinColumns(parts)) };
}

function joinColumns(parts: readonly EncodedTokens[]): TokenColumns {
  const all = parts.map(({ columns }) => columns());
  return columnsOf((name) => flat(all.map((columns): readonly unknown[] => columns[name])));
}

/** The engine copies a few lists at once; for thousands that is many times slower. */
const FEW = 16;

function flat<T>(lists: readonly (readonly T[])[]): T[] {
  const result: T[] = [];
  if (lists.length <= FEW) return result.concat(...lists);
  for (const list of lists) for (const item of list) result.push(item);
  return result;
}

/** The limit on tokens in all windows together: more would fill the memory. */
const MOST_TOKENS = 2 ** 26;

/**
 * Concatenates parts; their overflows are combined, each window of one with each of the other.
 *
 * @throws RangeError if there are too many combinations
 */
export function joinParts(parts: readonly EncodedPart[]): { tokens: EncodedTokens; overflow: EncodedTokens[] } {
  const windows = parts.reduce((product, { overflow }) => product * (1 + overflow.length), 1);
  const length = parts.reduce((sum, { tokens }) => sum + tokens.ids.length, 0);
  if (windows > 1 && windows * length > MOST_TOKENS) {
    throw new RangeError(
      `truncation: cutting both texts gives ${windows} pairs of windows; use strategy "onlyFirst" or "onlySecond", or raise maxLength`,
    );
  }
  const whole: EncodedTokens[] = [];
  let combined: EncodedTokens[][] = [];
  for (const { tokens, overflow } of parts) {
    if (overflow.length > 0) {
      combined = [
        ...combined.flatMap((window) => [tokens, ...overflow].map((other) => [...window, other])),
        ...overflow.map((other) => [...whole, other]),
      ];
    } else for (const window of combined) window.push(tokens);
    whole.push(tokens);
  }
  return { tokens: joinTokens(whole), overflow: combined.map(joinTokens) };
}

/** A plain object whose columns are computed on first access. */
export function toEncoding({ ids, columns }: EncodedTokens): Encoding {
  return withColumns<Encoding>({ ids }, (name) => (name === "offsets" ? offsetsOf(columns()) : columns()[name]));
}

function offsetsOf({ starts, ends }: TokenColumns): Encoding["offsets"] {
  return starts.map((start, index) => [start, ends[index] as number]);
}

/** Computes on the first call, and caches the result. */
export function once<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}
