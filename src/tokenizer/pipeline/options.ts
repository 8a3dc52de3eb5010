import type { Encoding } from "./encoding";
import type { Side } from "./side";

/** How texts that are too long are cut. */
export interface TruncationOptions {
  /** Which text is truncated: the longer one first, or only one. Defaults to the files' setting, else the longer. */
  strategy?: "longestFirst" | "onlyFirst" | "onlySecond" | undefined;
  /** The overlap of neighbouring overflow windows in tokens. Defaults to the files' setting, else 0. */
  stride?: number | undefined;
  /** The end at which tokens are removed. Defaults to the files' setting, else the right. */
  side?: Side | undefined;
}

/** Options of `encode`. */
export interface EncodeOptions {
  /** A second text, for models that take pairs. */
  pair?: string | readonly string[] | undefined;
  /** Whether to add special tokens; true if omitted. */
  special?: boolean | undefined;
  /** The maximum number of tokens, including special tokens. */
  maxLength?: number | undefined;
  /** Whether and how to truncate texts longer than `maxLength`; otherwise they are an error. */
  truncation?: boolean | TruncationOptions | undefined;
  /** Whether texts are arrays of words; then offsets refer to words. False if omitted. */
  preSplit?: boolean | undefined;
  /**
   * Whether special tokens written in the text (`</s>`) become their ids. Use false for untrusted text, so that they
   * are ordinary text. Defaults to the configuration's setting, else true.
   */
  recognizeSpecial?: boolean | undefined;
}

/** How rows are made equally long. */
export interface PaddingOptions {
  /** The length of every row in tokens; the length of the longest row if omitted. */
  length?: number | undefined;
  /** Rows are padded to a multiple of this. */
  multiple?: number | undefined;
  /** The side of the padding. Defaults to the files' setting, else the right. */
  side?: Side | undefined;
  /** The padding token, by name or id; the tokenizer's own if omitted. */
  token?: string | number | undefined;
  /** The token type id of the padding. Defaults to the files' setting, else 0. */
  type?: number | undefined;
}

/** Options of `encodeBatch`. */
export interface EncodeBatchOptions extends Omit<EncodeOptions, "pair"> {
  /** Whether and how to pad shorter rows; to the longest row if omitted. */
  padding?: boolean | PaddingOptions | undefined;
  /** Second texts, one for each text. */
  pairs?: readonly (string | readonly string[])[] | undefined;
}

/** The columns of {@link Encoding}, each with one array per row. */
export type EncodedRows = { [Column in Exclude<keyof Encoding, "overflow">]: Encoding[Column][] } & {
  /** 1 for tokens, 0 for padding. */
  mask: (0 | 1)[][];
};

/** The result of {@link Tokenizer.encodeBatch}: `[batch][seq]` in every column. */
export interface EncodedBatch extends EncodedRows {
  /** What truncation removed, in rows of equal length, and each one's original row; absent if nothing was removed. */
  overflow?: (EncodedRows & { rows: number[] }) | undefined;
}

/** Options of `decode`. */
export interface DecodeOptions {
  /** Whether to omit special tokens; true if omitted. */
  skipSpecial?: boolean | undefined;
  /**
   * Whether to remove spaces before punctuation and in English contractions. Defaults to `clean_up_tokenization_spaces`
   * in the configuration, else false.
   */
  cleanUpSpaces?: boolean | undefined;
}

/** Options of `tokenBytes`. */
export interface TokenBytesOptions {
  /** Whether the token is the first of a text; false if omitted. */
  first?: boolean | undefined;
}
