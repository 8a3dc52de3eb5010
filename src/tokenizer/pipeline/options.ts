import type { Encoding } from "./encoding";
import type { Side } from "./side";

export interface TruncationOptions {
  /** Which text is cut: the longer one first, or one of them alone; what the files say if left out, else the longer. */
  strategy?: "longestFirst" | "onlyFirst" | "onlySecond" | undefined;
  /** How many tokens neighbouring windows of the overflow share; what the files say if left out, else 0. */
  stride?: number | undefined;
  /** From which end tokens are cut off; what the files say if left out, else the right. */
  side?: Side | undefined;
}

export interface EncodeOptions {
  /** A second text, for models that take two. */
  pair?: string | readonly string[] | undefined;
  /** Whether to put the special tokens in; true if left out. */
  special?: boolean | undefined;
  /** The most tokens, special ones included. */
  maxLength?: number | undefined;
  /** Whether and how to cut what is longer than `maxLength`; if not, a longer text is an error. */
  truncation?: boolean | TruncationOptions | undefined;
  /** Whether texts are given as arrays of words; offsets are places in the words then. False if left out. */
  preSplit?: boolean | undefined;
  /**
   * Whether special tokens that are written in the text (`</s>`) become their ids; if false, they are text like other
   * text, as they should be in what a stranger wrote. If left out, what the configuration says, else true.
   */
  recognizeSpecial?: boolean | undefined;
}

export interface PaddingOptions {
  /** How many tokens every row gets; if left out, as many as the longest row has. */
  length?: number | undefined;
  /** Rows are filled up to a multiple of this. */
  multiple?: number | undefined;
  /** The side of the padding; what the files say if left out, else the right. */
  side?: Side | undefined;
  /** The padding token, by its name or id; the tokenizer's own if left out. */
  token?: string | number | undefined;
  /** The token type id of the padding; what the files say if left out, else 0. */
  type?: number | undefined;
}

export interface EncodeBatchOptions extends Omit<EncodeOptions, "pair"> {
  /** Whether and how to fill shorter rows; up to the longest row if left out. */
  padding?: boolean | PaddingOptions | undefined;
  /** Second texts, one for each text. */
  pairs?: readonly (string | readonly string[])[] | undefined;
}

/** The columns of {@link Encoding}, each with an array for every row. */
export type EncodedRows = { [Column in Exclude<keyof Encoding, "overflow">]: Encoding[Column][] } & {
  /** 1 for tokens, 0 for padding. */
  mask: (0 | 1)[][];
};

/** What {@link Tokenizer.encodeBatch} returns: `[batch][seq]` in every column. */
export interface EncodedBatch extends EncodedRows {
  /** What truncation cut off, in rows of the same length, and the row that each was cut from; absent where nothing was. */
  overflow?: (EncodedRows & { rows: number[] }) | undefined;
}

export interface DecodeOptions {
  /** Whether special tokens are left out; true if left out. */
  skipSpecial?: boolean | undefined;
  /**
   * Whether spaces before punctuation and in English contractions are taken out, as `clean_up_tokenization_spaces` of
   * tokenizer_config.json says; if left out, what the configuration says, or not.
   */
  cleanUpSpaces?: boolean | undefined;
}
