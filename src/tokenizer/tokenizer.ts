import type { AddedTokens } from "./added-tokens";
import { type DecodeStream, WindowedDecodeStream } from "./decode-stream";
import type { Decoder } from "./decoders";
import { Detokenizer } from "./detokenizer";
import { appendToken, type EncodedPart, type Encoding, joinParts, noColumns, once, toEncoding } from "./encoding";
import type { Model } from "./models";
import type { DecodeOptions, EncodeBatchOptions, EncodedBatch, EncodeOptions } from "./options";
import { type Padding, padBatch } from "./padding";
import type { PostProcessor } from "./post-processors";
import type { PreTokenizer } from "./pre-tokenizers";
import type { SpecialTokens } from "./special-tokens";
import type { Truncation } from "./truncation";
import { type AppendTokens, WordTokenizer } from "./word-tokenizer";

/** The parts of a tokenizer, as tokenizer.json names them. */
export interface TokenizerParts {
  added: AddedTokens;
  model: Model;
  preTokenizer: PreTokenizer | undefined;
  postProcessor: PostProcessor | undefined;
  decoder: Decoder | undefined;
  special: SpecialTokens;
  padding: Padding;
  /** Absent where {@link tokenizerLoader} was given none. */
  truncation: Truncation | undefined;
  cleanUpSpaces: boolean;
  /** The tokenizer_config.json it was read with. */
  config: Readonly<Record<string, unknown>>;
  /** The components as JSON; the model and the added tokens write their own. */
  json: Record<string, unknown>;
}

/**
 * Text to token ids and back, as a published tokenizer.json says: added tokens are taken out, the rest is normalized,
 * split into words, cut into tokens by the model, and surrounded by special tokens. Every token knows which part of the
 * text it stands for. Between calls a tokenizer keeps nothing but a bounded cache of words.
 *
 * Make one with {@link tokenizerFromJson}, {@link tokenizerFromVocabAndMerges}, {@link characterTokenizer} or
 * {@link trainBpe}.
 *
 * @see https://huggingface.co/docs/tokenizers/pipeline
 * @example
 * ```ts
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(["abc"]);
 * tokenizer.encode("cab").ids; // [3, 1, 2]
 * tokenizer.decode([3, 1, 2]); // "cab"
 * ```
 */
export class Tokenizer {
  /** Ids of the tokens with a role: `pad`, `bos`, `eos`, `unk`, `mask`, `cls`, `sep`. */
  readonly special: SpecialTokens;
  /** What the tokenizer_config.json it was read with says, unchanged. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly #parts: TokenizerParts;
  readonly #words: WordTokenizer;

  /** @internal */
  constructor(parts: TokenizerParts) {
    this.special = Object.freeze({ ...parts.special });
    this.config = parts.config;
    this.#parts = parts;
    this.#words = new WordTokenizer(parts.preTokenizer, parts.model);
  }

  /** How many tokens there are, added ones included. */
  get vocabSize(): number {
    const { model, added } = this.#parts;
    return model.vocabulary.size + added.countOutside(model.vocabulary);
  }

  tokenToId(token: string): number | undefined {
    const { added, model } = this.#parts;
    return added.id(token) ?? model.vocabulary.id(token);
  }

  idToToken(id: number): string | undefined {
    const { added, model } = this.#parts;
    return added.content(id) ?? model.vocabulary.token(id);
  }

  /**
   * @throws TypeError if the text is not a string.
   * @throws RangeError if the text gives more than `maxLength` tokens and `truncation` is not true.
   */
  encode(text: string, options: EncodeOptions = {}): Encoding {
    const { pair, special = true } = options;
    const sequences = [this.#tokens(text, "text", 0)];
    if (pair !== undefined) sequences.push(this.#tokens(pair, "pair", 1));
    const parts = this.#limit(sequences, options);
    const processed = this.#parts.postProcessor?.process(parts, special) ?? parts;
    const { tokens, overflow } = joinParts(processed);
    const encoding = toEncoding(tokens);
    if (overflow.length > 0) encoding.overflow = overflow.map(toEncoding);
    return encoding;
  }

  /**
   * Encodes texts as rows of one length; `padding: false` leaves them as long as they are.
   *
   * @throws RangeError if rows need padding and the tokenizer has no padding token.
   */
  encodeBatch(texts: readonly string[], options: EncodeBatchOptions = {}): EncodedBatch {
    const { padding = true, pairs, ...rest } = options;
    if (!Array.isArray(texts)) throw new TypeError(`texts must be an array of strings, not ${typeof texts}`);
    if (pairs !== undefined && pairs.length !== texts.length) {
      throw new RangeError(`pairs has ${pairs.length} texts, but texts has ${texts.length}; give one for each`);
    }
    const rows = texts.map((text, row) => this.encode(text, { ...rest, pair: pairs?.[row] }));
    return padBatch(rows, padding ? this.#parts.padding : undefined);
  }

  /**
   * The text of token ids.
   *
   * @throws RangeError if an id is no id of this tokenizer.
   */
  decode(ids: readonly number[], options: DecodeOptions = {}): string {
    return this.#detokenizer(options).decode(ids);
  }

  /** Decodes ids that come one after another, as generation makes them. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return new WindowedDecodeStream(this.#detokenizer(options));
  }

  /** The tokenizer as the object a tokenizer.json holds; other readers of that format open it. */
  toJson(): Record<string, unknown> {
    const { json, added, model } = this.#parts;
    return { version: "1.0", ...structuredClone(json), added_tokens: added.toJson(), model: model.toJson() };
  }

  #tokens(text: unknown, name: string, type: number): EncodedPart {
    if (typeof text !== "string")
      throw new TypeError(`${name} must be a string, not ${text === null ? "null" : typeof text}`);
    const ids: number[] = [];
    const appends = this.#parts.added.segments(text).map(({ text: segment, id }): AppendTokens => {
      if (id === undefined) return this.#words.tokenize(segment, ids);
      ids.push(id);
      return (columns, word) => appendToken(columns, segment, word);
    });
    const columns = once(() => {
      const columns = noColumns();
      appends.reduce((word, append) => append(columns, word), 0);
      columns.types = columns.tokens.map(() => type);
      columns.special = columns.tokens.map(() => 0);
      return columns;
    });
    return { text, tokens: { ids, columns }, overflow: [] };
  }

  #limit(sequences: readonly EncodedPart[], options: EncodeOptions): readonly EncodedPart[] {
    const { truncation = false, special = true } = options;
    const cutter = truncation ? this.#parts.truncation : undefined;
    if (truncation && cutter === undefined) {
      throw new TypeError("truncation: tokenizerLoader was given no such component; add truncation");
    }
    const maxLength = options.maxLength ?? cutter?.maxLength;
    if (maxLength === undefined) return sequences;
    if (!Number.isInteger(maxLength) || maxLength < 0) {
      throw new RangeError(`maxLength must be a non-negative integer, not ${maxLength}`);
    }
    const extra = special ? (this.#parts.postProcessor?.added(sequences.length > 1) ?? 0) : 0;
    const length = sequences.reduce((sum, { tokens }) => sum + tokens.ids.length, extra);
    if (length > maxLength && !truncation) {
      throw new RangeError(`the text has ${length} tokens, more than maxLength ${maxLength}; pass truncation: true`);
    }
    if (extra > maxLength) {
      throw new RangeError(`maxLength ${maxLength} has no room for the ${extra} special tokens; pass special: false`);
    }
    return cutter?.cut(sequences, maxLength - extra) ?? sequences;
  }

  #detokenizer(options: DecodeOptions): Detokenizer {
    const { skipSpecial = true, cleanUpSpaces = this.#parts.cleanUpSpaces } = options;
    return new Detokenizer(this.#parts, skipSpecial, cleanUpSpaces);
  }
}
