import { arrayOf, expectString, wrongKind } from "../../checks";
import { type Kind, kindNamed } from "../../describe";
import { defineVisible, printed } from "../../visible";
import { type DecodeStream, WindowedDecodeStream } from "./decode-stream";
import { byteLevelDecoder } from "./decoders/byte-level";
import { Detokenizer } from "./detokenizer";
import { Encoder } from "./encoder";
import type { Encoding } from "./encoding";
import { checkDecode, checkEncode, checkEncodeBatch, checkIds, checkText, checkTokenBytes } from "./option-checks";
import type { DecodeOptions, EncodeBatchOptions, EncodedBatch, EncodeOptions, TokenBytesOptions } from "./options";
import { paddedLength, paddingFor, toBatch } from "./padding";
import type { SpecialTokens } from "./special-tokens";
import { TokenBytes } from "./token-bytes";
import type { TokenizerParts } from "./tokenizer-parts";

/** The default options, which need no checks. */
const NO_OPTIONS: EncodeOptions = /* @__PURE__ */ Object.freeze({});

/**
 * Converts text to token ids and back, as a published tokenizer.json specifies: added tokens are separated, the rest is
 * normalized, split into words, split into tokens by the model, and surrounded by special tokens. Every token has the
 * offsets of its part of the text. Between calls a tokenizer keeps only a bounded cache of words.
 *
 * Create one with {@link tokenizerFromJson}, {@link tokenizerFromVocabAndMerges}, {@link characterTokenizer} or
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
  /** The content of its tokenizer_config.json, merged with older files. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What `toJson` gives: a property of its own, which equality assertions see. */
  declare readonly json: Readonly<Record<string, unknown>>;
  readonly #parts: TokenizerParts;
  readonly #encoder: Encoder;
  readonly #tokenBytes: TokenBytes;

  /** @internal */
  constructor(parts: TokenizerParts) {
    this.special = Object.freeze({ ...parts.special });
    this.config = parts.config;
    this.#parts = parts;
    this.#encoder = new Encoder(parts);
    this.#tokenBytes = this.#bytesOfTokens();
    defineVisible(this, "json", () => this.toJson());
  }

  /** The number of tokens, including added ones. */
  get vocabSize(): number {
    const { model, added } = this.#parts;
    return model.vocabulary.size + added.countOutside(model.vocabulary);
  }

  /** The id of a token, if it exists. */
  tokenToId(token: string): number | undefined {
    expectString("tokenToId", "token", token);
    const { added, model } = this.#parts;
    return added.id(token) ?? model.vocabulary.id(token);
  }

  /** The token of an id, if it exists. */
  idToToken(id: number): string | undefined {
    if (typeof id !== "number") throw wrongKind("idToToken", "id", "a token id", id);
    const { added, model } = this.#parts;
    return added.content(id) ?? model.vocabulary.token(id);
  }

  /**
   * The tokens of a text or a pair.
   *
   * @throws TypeError if the text is not a string (with `preSplit`: not an array of words).
   * @throws RangeError if there are more than `maxLength` tokens without `truncation`, or truncation is impossible.
   * @example
   * ```ts
   * import { characterTokenizer } from "transformer-blocks/tokenizer";
   * const tokenizer = characterTokenizer(["abc"]);
   * const { ids, overflow } = tokenizer.encode("abcab", { maxLength: 2, truncation: { stride: 1 } });
   * ids; // [1, 2]
   * overflow?.map((window) => window.ids); // [[2, 3], [3, 1], [1, 2]]
   * tokenizer.encode(["ab", "c"], { preSplit: true }).words; // [0, 0, 1]
   * ```
   */
  encode(text: string | readonly string[], options: EncodeOptions = NO_OPTIONS): Encoding {
    if (options !== NO_OPTIONS) checkEncode(options);
    const preSplit = options.preSplit === true;
    checkText("encode", "text", text, preSplit);
    if (options.pair !== undefined) checkText("encode", "pair", options.pair, preSplit);
    return this.#encoder.encode("encode", text, options);
  }

  /**
   * Encodes texts as rows of equal length; `padding: false` leaves them unpadded.
   *
   * @throws TypeError if the texts are not strings (with `preSplit`: not arrays of words).
   * @throws RangeError if rows need padding and the tokenizer has no padding token, and as in {@link Tokenizer.encode}.
   * @example
   * ```ts
   * import { characterTokenizer } from "transformer-blocks/tokenizer";
   * const tokenizer = characterTokenizer(["abc"], { specialTokens: ["<pad>"] });
   * const { ids, mask } = tokenizer.encodeBatch(["ab", "c"], { padding: { multiple: 4, side: "left" } });
   * ids; // [[1, 1, 2, 3], [1, 1, 1, 4]]
   * mask; // [[0, 0, 1, 1], [0, 0, 0, 1]]
   * ```
   */
  encodeBatch(texts: readonly (string | readonly string[])[], options: EncodeBatchOptions = {}): EncodedBatch {
    checkEncodeBatch(options);
    const { padding = true, pairs, ...rest } = options;
    const preSplit = rest.preSplit === true;
    const eachText = (name: string, value: unknown): void =>
      arrayOf((where, at, text) => checkText(where, at, text, preSplit), "an array of texts")(
        "encodeBatch",
        name,
        value,
      );
    eachText("texts", texts);
    if (pairs !== undefined) {
      eachText("pairs", pairs);
      if (pairs.length !== texts.length)
        throw new RangeError(
          `encodeBatch: pairs has ${pairs.length} texts, but texts has ${texts.length}; pass one per text`,
        );
    }
    const rows = texts.map((text, row) => this.#encoder.encode("encodeBatch", text, { ...rest, pair: pairs?.[row] }));
    const settings = typeof padding === "object" ? padding : {};
    const length = padding === false ? undefined : paddedLength(rows, settings);
    return toBatch(rows, paddingFor(this.#parts.padding, settings, this), length, this);
  }

  /**
   * The text of some token ids.
   *
   * @throws TypeError if the ids are not an array.
   * @throws RangeError if an id is not an id of this tokenizer.
   */
  decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    checkDecode("decode", options);
    checkIds("decode", "ids", ids);
    return this.#detokenizer(options).decode(ids, "ids");
  }

  /**
   * The text of each row of token ids.
   *
   * @throws TypeError if the rows are not arrays.
   * @throws RangeError if an id is not an id of this tokenizer.
   */
  decodeBatch(rows: readonly ArrayLike<number>[], options: DecodeOptions = {}): string[] {
    checkDecode("decodeBatch", options);
    arrayOf(checkIds, "an array of rows, each an array of token ids")("decodeBatch", "rows", rows);
    const detokenizer = this.#detokenizer(options);
    return rows.map((ids, row) => detokenizer.decode(ids, `rows[${row}]`));
  }

  /**
   * The UTF-8 bytes that a token adds to the decoded text, behind other tokens; with `first`, at the start of a text, where
   * some tokenizers drop a space. A token may be part of a character. The bytes of several tokens, joined, are the text that
   * `decode` gives without cleaning up spaces.
   *
   * @returns undefined for a special token, an id that is not a token, and a token whose text depends on its neighbours
   * @example
   * ```ts
   * import { characterTokenizer } from "transformer-blocks/tokenizer";
   * const tokenizer = characterTokenizer(["é"]);
   * [...(tokenizer.tokenBytes(1) ?? [])]; // [195, 169]
   * ```
   */
  tokenBytes(id: number, options: TokenBytesOptions = {}): Uint8Array | undefined {
    checkTokenBytes(options);
    if (typeof id !== "number") throw wrongKind("tokenBytes", "id", "a token id", id);
    return options.first ? this.#tokenBytes.first(id) : this.#tokenBytes.next(id);
  }

  /** Decodes ids one by one, as they are generated. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    checkDecode("decodeStream", options);
    return new WindowedDecodeStream(this.#detokenizer(options));
  }

  /** The content of a tokenizer.json, which other readers of that format can open. */
  toJson(): Record<string, unknown> {
    const { json, added, model } = this.#parts;
    return { version: "1.0", ...structuredClone(json), added_tokens: added.toJson(), model: model.toJson() };
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: object, inspect: () => string): string {
    return printed("Tokenizer", { vocabSize: this.vocabSize, special: this.special }, depth, options, inspect);
  }

  /** How messages call it, also those of another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("Tokenizer");
  }

  #bytesOfTokens(): TokenBytes {
    const { added, decoder, model } = this.#parts;
    const detokenizer = new Detokenizer(this.#parts, false, false);
    const special = new Set(Object.values(this.special));
    return new TokenBytes({
      text: (ids) => detokenizer.text(ids),
      token: (id) =>
        special.has(id) || added.isSpecial(id) ? undefined : (added.decodedForm(id) ?? model.vocabulary.token(id)),
      isByteLevel: decoder === byteLevelDecoder,
      size: () => this.vocabSize,
    });
  }

  #detokenizer(options: DecodeOptions): Detokenizer {
    const { skipSpecial = true, cleanUpSpaces = this.#parts.cleanUpSpaces } = options;
    return new Detokenizer(this.#parts, skipSpecial, cleanUpSpaces);
  }
}
