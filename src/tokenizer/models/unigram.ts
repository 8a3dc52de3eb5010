import { describe, type Fields, problem } from "../fields";
import { Vocabulary } from "../vocabulary";
import { byteTokenIds } from "./byte-tokens";
import type { Model, Piece } from "./model";
import { TokenTrie } from "./token-trie";
import { type Span, type UnigramCosts, viterbi } from "./viterbi";

/** A token and the natural logarithm of its probability. */
export type ScoredToken = readonly [token: string, score: number];

export interface UnigramSettings {
  /** Which token stands for characters that no other token has. */
  unknownId?: number | undefined;
  /** An unknown stretch becomes the tokens `<0x00>` … `<0xFF>` of its UTF-8 bytes. */
  byteFallback?: boolean;
}

/** How much less likely than the least likely token an unknown character is. */
const UNKNOWN_PENALTY = 10;

/**
 * Of all ways to cut a word into tokens, the most probable: the one with the greatest sum of log probabilities.
 * Neighbouring unknown characters are one unknown token.
 *
 * @see https://arxiv.org/abs/1804.10959, section 3.2
 */
export class Unigram implements Model {
  readonly vocabulary: Vocabulary;
  readonly #tokens: readonly ScoredToken[];
  readonly #settings: UnigramSettings;
  readonly #costs: UnigramCosts;

  /** @throws FormatError if the unknown token is not in the vocabulary. */
  constructor(tokens: readonly ScoredToken[], settings: UnigramSettings = {}) {
    const { unknownId } = settings;
    if (unknownId !== undefined && unknownId >= tokens.length) {
      throw problem("model.unk_id", describe(unknownId), `an id below the vocabulary's size, ${tokens.length}`);
    }
    this.vocabulary = new Vocabulary();
    this.#tokens = tokens;
    this.#settings = settings;
    const trie = new TokenTrie();
    const scores = new Float64Array(tokens.length);
    let lowest = Number.POSITIVE_INFINITY;
    tokens.forEach(([token, score], id) => {
      this.vocabulary.set(token, id);
      trie.set(token, id);
      scores[id] = score;
      lowest = Math.min(lowest, score);
    });
    this.#costs = { trie, scores, unknownScore: lowest - UNKNOWN_PENALTY };
  }

  static read(fields: Fields): Unigram {
    const at = (index: number): string => `${fields.path("vocab")}[${index}]`;
    const tokens = fields.list("vocab").map((entry, index): ScoredToken => {
      if (isScoredToken(entry)) return entry;
      throw problem(
        at(index),
        Array.isArray(entry) ? `[${entry.slice(0, 3).map(describe).join(", ")}]` : describe(entry),
        "a token and its score",
      );
    });
    return new Unigram(tokens, {
      unknownId: fields.get("unk_id") == null ? undefined : fields.count("unk_id"),
      byteFallback: fields.get("byte_fallback") != null && fields.boolean("byte_fallback"),
    });
  }

  get unknownToken(): string | undefined {
    const { unknownId } = this.#settings;
    return unknownId === undefined ? undefined : this.vocabulary.token(unknownId);
  }

  tokenize(word: string): readonly Piece[] {
    if (word === "") return [];
    const spans = viterbi(word, this.#costs);
    const pieces: Piece[] = [];
    for (let first = 0; first < spans.length; first++) {
      const { id, start } = spans[first] as Span;
      while (this.#isUnknown(id) && this.#isUnknown(spans[first + 1]?.id)) first++;
      const { end } = spans[first] as Span;
      for (const piece of this.#pieces(word.slice(start, end), id, start, end)) pieces.push(piece);
    }
    return pieces;
  }

  #isUnknown(id: number | undefined): boolean {
    return id === TokenTrie.NONE || (id !== undefined && id === this.#settings.unknownId);
  }

  #pieces(token: string, id: number, start: number, end: number): Piece[] {
    if (!this.#isUnknown(id)) return [{ id, token, start, end }];
    const own = this.vocabulary.id(token);
    if (own !== undefined) return [{ id: own, token, start, end }];
    const { unknownId, byteFallback } = this.#settings;
    const bytes = byteFallback ? byteTokenIds(token, this.vocabulary) : undefined;
    if (bytes !== undefined) {
      return bytes.map((byte) => ({ id: byte, token: this.vocabulary.token(byte) as string, start, end }));
    }
    if (unknownId !== undefined) return [{ id: unknownId, token, start, end }];
    throw problem(
      "model.unk_id",
      "no unknown token",
      `one, because the text has ${describe(token)}, which no token has`,
    );
  }

  toJson(): Record<string, unknown> {
    return {
      type: "Unigram",
      unk_id: this.#settings.unknownId ?? null,
      vocab: this.#tokens.map(([token, score]) => [token, score]),
      byte_fallback: this.#settings.byteFallback ?? false,
    };
  }
}

function isScoredToken(entry: unknown): entry is ScoredToken {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string" && Number.isFinite(entry[1]);
}
