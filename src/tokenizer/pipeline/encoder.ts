import { appendToken, type EncodedPart, type Encoding, joinParts, noColumns, once, toEncoding } from "./encoding";
import type { EncodeOptions } from "./options";
import type { TokenizerParts } from "./tokenizer-parts";
import { type AppendTokens, WordTokenizer } from "./word-tokenizer";

type Parts = Pick<
  TokenizerParts,
  "added" | "model" | "preTokenizer" | "postProcessor" | "truncation" | "recognizeSpecial"
>;

/** Converts texts to tokens: splits, truncates and adds special tokens. */
export class Encoder {
  readonly #parts: Parts;
  readonly #words: WordTokenizer;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#words = new WordTokenizer(parts.preTokenizer, parts.model);
  }

  /** @param where the function's name in errors */
  encode(where: string, text: string | readonly string[], options: EncodeOptions): Encoding {
    const { pair, special = true, recognizeSpecial = this.#parts.recognizeSpecial } = options;
    const sequences = [this.#tokens(text, 0, recognizeSpecial)];
    if (pair !== undefined) sequences.push(this.#tokens(pair, 1, recognizeSpecial));
    const parts = this.#limit(where, sequences, options);
    const processed = this.#parts.postProcessor?.process(parts, special) ?? parts;
    const { tokens, overflow } = joinParts(processed);
    const encoding = toEncoding(tokens);
    if (overflow.length > 0) encoding.overflow = overflow.map(toEncoding);
    return encoding;
  }

  /** The tokens of a text, or of its words in order. */
  #tokens(text: string | readonly string[], type: number, recognizeSpecial: boolean): EncodedPart {
    const ids: number[] = [];
    const stretches = typeof text === "string" ? [text] : text;
    const appends = stretches.map((stretch) => this.#appends(stretch, ids, recognizeSpecial));
    const columns = once(() => {
      const columns = noColumns();
      appends.forEach((ofStretch, number) => {
        const first = columns.words.length;
        ofStretch.reduce((word, append) => append(columns, word), 0);
        if (typeof text !== "string") columns.words.fill(number, first);
      });
      columns.types = columns.tokens.map(() => type);
      columns.special = columns.tokens.map(() => 0);
      return columns;
    });
    return { text, tokens: { ids, columns }, overflow: [] };
  }

  /** Appends the ids of a text's tokens, and returns functions that append the other columns. */
  #appends(text: string, ids: number[], recognizeSpecial: boolean): AppendTokens[] {
    return this.#parts.added.segments(text, recognizeSpecial).map(({ text: segment, id }): AppendTokens => {
      if (id === undefined) return this.#words.tokenize(segment, ids);
      ids.push(id);
      return (columns, word) => appendToken(columns, segment, word);
    });
  }

  #limit(where: string, sequences: readonly EncodedPart[], options: EncodeOptions): readonly EncodedPart[] {
    const { truncation = false, special = true } = options;
    const cutter = truncation === false ? undefined : this.#parts.truncation;
    if (truncation !== false && cutter === undefined) {
      throw new TypeError(
        `${where}: truncation is not supported, because tokenizerLoader was called without it; add the component truncation`,
      );
    }
    const maxLength = options.maxLength ?? cutter?.maxLength;
    if (maxLength === undefined) {
      if (truncation === false) return sequences;
      throw new TypeError(
        `${where}: truncation needs maxLength, because the tokenizer's files specify no maximum length`,
      );
    }
    const extra = special ? (this.#parts.postProcessor?.added(sequences.length > 1) ?? 0) : 0;
    const length = sequences.reduce((sum, { tokens }) => sum + tokens.ids.length, extra);
    if (length > maxLength && truncation === false) {
      throw new RangeError(
        `${where}: the text has ${length} tokens, more than maxLength ${maxLength}; pass truncation: true`,
      );
    }
    if (extra > maxLength) {
      throw new RangeError(
        `${where}: maxLength ${maxLength} is too small for the ${extra} special tokens; increase it or pass special: false`,
      );
    }
    return cutter?.cut(sequences, maxLength - extra, typeof truncation === "object" ? truncation : {}) ?? sequences;
  }
}
