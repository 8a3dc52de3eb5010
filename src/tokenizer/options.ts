export interface EncodeOptions {
  /** A second text, for models that take two. */
  pair?: string | undefined;
  /** Whether to put the special tokens in; true if left out. */
  special?: boolean | undefined;
  /** The most tokens, special ones included. */
  maxLength?: number | undefined;
  /** Whether to cut what is longer than `maxLength`; if not, a longer text is an error. */
  truncation?: boolean | undefined;
}

export interface EncodeBatchOptions extends Omit<EncodeOptions, "pair"> {
  /** Whether to fill shorter rows up to the longest; true if left out. */
  padding?: boolean | undefined;
  /** Second texts, one for each text. */
  pairs?: readonly string[] | undefined;
}

export interface EncodedBatch {
  /** [batch][seq] */
  ids: number[][];
  /** 1 for tokens, 0 for padding. */
  mask: (0 | 1)[][];
  types: number[][];
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
