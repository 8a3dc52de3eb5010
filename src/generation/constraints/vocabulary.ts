import { having } from "../../checks";
import { type TokenText, Trie } from "./automaton/trie";

/** What a constraint must know of a tokenizer. A `Tokenizer` of this library has it. */
export interface TokenVocabulary {
  /** The number of tokens. */
  readonly vocabSize: number;
  /** The token of an id; undefined if there is none. */
  idToToken(id: number): string | undefined;
  /**
   * The bytes that a token adds to the decoded text; undefined for special tokens.
   *
   * @param options `first`: the bytes that it gives at the beginning of a text, where some tokenizers drop a space
   */
  tokenBytes(id: number, options?: { readonly first?: boolean | undefined }): Uint8Array | undefined;
}

const methods = /* @__PURE__ */ having(
  ["idToToken", "tokenBytes"],
  "a tokenizer, with idToToken(id) and tokenBytes(id)",
);

/** @throws TypeError unless it has what constraints need */
export function expectVocabulary(where: string, value: unknown): asserts value is TokenVocabulary {
  methods(where, "tokenizer", value);
}

/** Ids may have gaps, but not larger ones than the number of tokens. */
const MOST_GAPS = 2;

const LEAST_SAME = 0.05;

/** The texts of a tokenizer's tokens, prepared for constraints. */
export class Vocabulary {
  /** One more than the largest id. */
  readonly size: number;
  /** The bytes of each token after others; undefined for tokens that are no text. */
  readonly bytes: readonly (Uint8Array | undefined)[];
  /** The same at the start of a text. */
  readonly firstBytes: readonly (Uint8Array | undefined)[];
  readonly trie: Trie;
  readonly #first: readonly TokenText[];
  readonly #continuing: readonly TokenText[];
  /** Whether tokens have the same text everywhere. */
  readonly #isPlain: boolean;
  #firstTrie: Trie | undefined;
  #continuingTrie: Trie | undefined;

  constructor(tokenizer: TokenVocabulary) {
    const bytes: (Uint8Array | undefined)[] = [];
    const firstBytes: (Uint8Array | undefined)[] = [];
    const most = MOST_GAPS * tokenizer.vocabSize + 1024;
    for (let id = 0, seen = 0; seen < tokenizer.vocabSize && id < most; id++) {
      if (tokenizer.idToToken(id) !== undefined) seen++;
      bytes.push(tokenizer.tokenBytes(id));
      firstBytes.push(tokenizer.tokenBytes(id, { first: true }));
    }
    this.size = bytes.length;
    this.bytes = bytes;
    this.firstBytes = firstBytes;
    this.trie = new Trie(texts(bytes));
    this.#first = texts(firstBytes);
    // After a prompt it depends on the reader whether the first token keeps its space, so it must not matter.
    const same = this.#first.filter((token) => equal(token.bytes, bytes[token.id]));
    // Unless hardly any token is written the same, as where words are joined with spaces.
    this.#continuing = same.length >= LEAST_SAME * this.#first.length ? same : this.#first;
    this.#isPlain = same.length === this.trie.ids.length;
  }

  /** The tokens at the start of a text. */
  get firstTrie(): Trie {
    this.#firstTrie ??= this.#first.length === this.#continuing.length ? this.continuingTrie : new Trie(this.#first);
    return this.#firstTrie;
  }

  /** The first tokens after a prompt. */
  get continuingTrie(): Trie {
    this.#continuingTrie ??= this.#isPlain ? this.trie : new Trie(this.#continuing);
    return this.#continuingTrie;
  }

  /** Whether a byte is a token of its own. */
  writes(byte: number): boolean {
    const { trie } = this;
    for (let node = 0; node < trie.size; node = trie.skip[node]!)
      if (trie.byte[node] === byte) return trie.first[node]! < trie.first[node + 1]!;
    return false;
  }
}

const texts = (all: readonly (Uint8Array | undefined)[]): TokenText[] =>
  all.flatMap((bytes, id) => (bytes === undefined || bytes.length === 0 ? [] : [{ id, bytes }]));

const equal = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);

const known = /* @__PURE__ */ new WeakMap<TokenVocabulary, Vocabulary>();

/** Prepared once for each tokenizer. */
export function vocabularyOf(where: string, tokenizer: TokenVocabulary): Vocabulary {
  expectVocabulary(where, tokenizer);
  let vocabulary = known.get(tokenizer);
  if (vocabulary === undefined) {
    vocabulary = new Vocabulary(tokenizer);
    known.set(tokenizer, vocabulary);
  }
  return vocabulary;
}
