import { describeJson, type Fields } from "../../../fields";
import { problem } from "../../text";
import { TokenTrie, Vocabulary } from "../../vocabulary";
import type { NamedToken } from "../encoding";

import { byteTokenIds } from "./byte-tokens";
import { readDecimal } from "./decimal";
import { type Model, NO_PIECES, type Pieces } from "./model";

import { type UnigramCosts, viterbi } from "./viterbi";

/** A token and the natural logarithm of its probability. */
export type ScoredToken = readonly [token: string, score: number];

export interface UnigramSettings {
  /** The id for characters that no token contains. */
  unknownId?: number | undefined;
  /** Whether an unknown stretch becomes the tokens `<0x00>` … `<0xFF>` of its UTF-8 bytes. */
  byteFallback?: boolean;
  /** Converts a score in the file; the identity if omitted. */
  scoreOf?: (score: number) => number;
}

/** Marks a model created in this process, whose scores were never written as text. */
export const NEVER_WRITTEN: unique symbol = Symbol("never written");

/** The score of an unknown character, below that of the least likely token. */
const UNKNOWN_PENALTY = 10;

/**
 * The most probable segmentation of a word into tokens: the one with the highest sum of log probabilities. Neighbouring
 * unknown characters are one unknown token.
 *
 * @see https://arxiv.org/abs/1804.10959, section 3.2
 */
export class Unigram implements Model {
  readonly vocabulary: Vocabulary;
  readonly #settings: UnigramSettings;
  /** As in the file. */
  readonly #scores: Float64Array;
  readonly #costs: UnigramCosts;

  /** @throws FormatError if the unknown token is not in the vocabulary. */
  constructor(tokens: readonly ScoredToken[], settings: UnigramSettings = {}) {
    const { unknownId, scoreOf = (score) => score } = settings;
    if (unknownId !== undefined && unknownId >= tokens.length) {
      throw problem("model.unk_id", describeJson(unknownId), `an id below the vocabulary's size, ${tokens.length}`);
    }
    this.vocabulary = new Vocabulary();
    this.#settings = settings;
    this.#scores = Float64Array.from(tokens, ([, score]) => score);
    const trie = new TokenTrie();
    const scores = this.#scores.map((score) => scoreOf(score));
    let lowest = Number.POSITIVE_INFINITY;
    tokens.forEach(([token], id) => {
      this.vocabulary.set(token, id);
      trie.set(token, id);
      lowest = Math.min(lowest, scores[id] as number);
    });
    this.#costs = { trie, scores, unknownId: TokenTrie.NONE, unknownScore: lowest - UNKNOWN_PENALTY };
  }

  static read(fields: Fields): Unigram {
    const at = (index: number): string => `${fields.path("vocab")}[${index}]`;
    const tokens = fields.list("vocab").map((entry, index): ScoredToken => {
      if (isScoredToken(entry)) return entry;
      throw problem(
        at(index),
        Array.isArray(entry) ? `[${entry.slice(0, 3).map(describeJson).join(", ")}]` : describeJson(entry),
        "a token and its score",
      );
    });
    return new Unigram(tokens, {
      unknownId: fields.get("unk_id") == null ? undefined : fields.count("unk_id"),
      byteFallback: fields.get("byte_fallback") != null && fields.boolean("byte_fallback"),
      ...(Object.hasOwn(fields.value, NEVER_WRITTEN) ? {} : { scoreOf: readDecimal }),
    });
  }

  get unknownToken(): string | undefined {
    const { unknownId } = this.#settings;
    return unknownId === undefined ? undefined : this.vocabulary.token(unknownId);
  }

  tokenize(word: string): Pieces {
    if (word === "") return NO_PIECES;
    const path = viterbi(word, this.#costs);
    return path.ids.some((id) => this.#isUnknown(id)) ? this.#withUnknown(word, path) : path;
  }

  #isUnknown(id: number | undefined): boolean {
    return id === TokenTrie.NONE || (id !== undefined && id === this.#settings.unknownId);
  }

  /** Merges neighbouring unknown tokens into one, named after its text, or converts them to bytes. */
  #withUnknown(word: string, path: Pieces): Pieces {
    const pieces = { ids: [] as number[], starts: [] as number[], ends: [] as number[], tokens: [] as string[] };
    const add = (id: number, token: string, start: number, end: number): void => {
      pieces.ids.push(id);
      pieces.tokens.push(token);
      pieces.starts.push(start);
      pieces.ends.push(end);
    };
    for (let first = 0; first < path.ids.length; first++) {
      const id = path.ids[first] as number;
      const start = path.starts[first] as number;
      while (this.#isUnknown(id) && this.#isUnknown(path.ids[first + 1])) first++;
      const end = path.ends[first] as number;
      const token = word.slice(start, end);
      const own = this.#isUnknown(id) ? this.vocabulary.id(token) : id;
      if (own !== undefined) add(own, token, start, end);
      else for (const other of this.#unknownIds(token)) add(other.id, other.token, start, end);
    }
    return pieces;
  }

  #unknownIds(text: string): NamedToken[] {
    const { unknownId, byteFallback } = this.#settings;
    const bytes = byteFallback ? byteTokenIds(text, this.vocabulary) : undefined;
    if (bytes !== undefined) return bytes.map((id) => ({ id, token: this.vocabulary.token(id) as string }));
    if (unknownId !== undefined) return [{ id: unknownId, token: text }];
    throw problem(
      "model.unk_id",
      "no unknown token",
      `an unknown token, because the text contains ${describeJson(text)}, which no token covers`,
    );
  }

  toJson(): Record<string, unknown> {
    return {
      type: "Unigram",
      unk_id: this.#settings.unknownId ?? null,
      vocab: Array.from(this.#scores, (score, id) => [this.vocabulary.token(id), score]),
      byte_fallback: this.#settings.byteFallback ?? false,
    };
  }
}

function isScoredToken(entry: unknown): entry is ScoredToken {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string" && Number.isFinite(entry[1]);
}
