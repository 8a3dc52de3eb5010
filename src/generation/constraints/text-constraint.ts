import { type Checks, checkOptions, expectBoolean, numberIn, wholeIn } from "../../checks";
import { type Kind, kindNamed } from "../../describe";
import { defineVisible } from "../../visible";
import type { State } from "./automaton/machine";
import type { Trie } from "./automaton/trie";
import type { Grammar } from "./grammar-of";
import type { TokenMachine } from "./token-machine";
import { type TokenVocabulary, vocabularyOf } from "./vocabulary";

/** By this symbol a constraint tells how it is made again in another thread. */
export const RECIPE: unique symbol = /* @__PURE__ */ Symbol.for("transformer-blocks.recipe");

const expectRoom = /* @__PURE__ */ numberIn({ least: 0, infinite: true });
const expectToken = /* @__PURE__ */ wholeIn({ least: 0 });

/** Where a constrained text begins. */
export interface StartOptions {
  /** Whether the text is decoded on its own, and not after a prompt; true if omitted. */
  readonly first?: boolean | undefined;
}

const startChecks: Checks<StartOptions> = { first: expectBoolean };

/**
 * Where the text is after some tokens, and which may come next. It never changes, so that beams can share it.
 */
export class ConstraintState {
  readonly #tokens: TokenMachine;
  readonly #state: State;
  /** The texts that the next token may have. */
  readonly #trie: Trie;
  readonly #where: string;

  /** @internal */
  constructor(where: string, tokens: TokenMachine, state: State, trie: Trie) {
    this.#where = where;
    this.#tokens = tokens;
    this.#state = state;
    this.#trie = trie;
  }

  /** Whether the text may end here. */
  get isComplete(): boolean {
    return this.#state.isComplete;
  }

  /** The tokens that may come next, a bit for each: token `id` is bit `id % 32` of number `⌊id / 32⌋`. */
  get allowed(): Uint32Array {
    return this.allowedWithin(Number.POSITIVE_INFINITY);
  }

  /** The tokens after which the text can still end, if there is room for this many tokens, the next one included. */
  allowedWithin(room: number): Uint32Array {
    expectRoom("allowedWithin", "room", room);
    return this.#tokens.mask(this.#state, this.#trie, room).bits;
  }

  /** A number of tokens that is enough to end the text; Infinity if it is more than `most`. */
  tokensToEnd(most = Number.POSITIVE_INFINITY): number {
    expectRoom("tokensToEnd", "most", most);
    return this.#tokens.distances.tokensToEnd(this.#state, most, this.#trie);
  }

  /**
   * The state after one more token. Special tokens are no text and change nothing.
   *
   * @throws RangeError if the token is not allowed here
   */
  after(id: number): ConstraintState {
    expectToken("after", "id", id);
    const next = this.next(id);
    if (next === undefined) throw new RangeError(`${this.#where}: token ${id} is not allowed here`);
    return next;
  }

  /** @internal The same, but undefined if the token is not allowed. */
  next(id: number): ConstraintState | undefined {
    const { vocabulary } = this.#tokens;
    const isFirst = this.#trie !== vocabulary.trie;
    const bytes = (isFirst ? vocabulary.firstBytes : vocabulary.bytes)[id];
    if (bytes === undefined || bytes.length === 0) return this;
    const next = this.#tokens.after(this.#state, bytes);
    return next === null ? undefined : new ConstraintState(this.#where, this.#tokens, next, vocabulary.trie);
  }
}

/**
 * What a generated text must be: made by {@link jsonSchema}, {@link regex}, {@link choices} or {@link grammar}, passed as
 * the option `constraint` of `generate` and of the tasks.
 */
export class TextConstraint {
  readonly #grammar: Grammar;
  readonly #tokens: TokenMachine | undefined;

  /** @internal */
  constructor(grammar: Grammar, tokenizer?: TokenVocabulary) {
    this.#grammar = grammar;
    this.#tokens = tokenizer === undefined ? undefined : grammar.with(vocabularyOf(grammar.where, tokenizer));
    defineVisible(this, "source", () => grammar.source);
    // A value, because a getter does not reach private fields through a framework's proxy. Configurable, because a proxy
    // may not replace others.
    Object.defineProperty(this, RECIPE, { value: grammar.recipe, configurable: true });
  }

  /** Whether the vocabulary is known. */
  get isBound(): boolean {
    return this.#tokens !== undefined;
  }

  /**
   * The same constraint for the vocabulary of a tokenizer. Tasks do this with their own.
   *
   * @throws RangeError if its tokens cannot write such a text
   */
  bind(tokenizer: TokenVocabulary): TextConstraint {
    return new TextConstraint(this.#grammar, tokenizer);
  }

  /**
   * The state before the first token.
   *
   * @throws TypeError if the vocabulary is not known
   */
  start(options: StartOptions = {}): ConstraintState {
    checkOptions("start", options, startChecks);
    const { where } = this.#grammar;
    if (this.#tokens === undefined)
      throw new TypeError(`${where}: the vocabulary is not known; pass the tokenizer, ${where}(…, tokenizer)`);
    const { machine, vocabulary } = this.#tokens;
    return new ConstraintState(
      where,
      this.#tokens,
      machine.start,
      options.first !== false ? vocabulary.firstTrie : vocabulary.continuingTrie,
    );
  }

  /** How messages call it, also those of another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("TextConstraint");
  }
}
