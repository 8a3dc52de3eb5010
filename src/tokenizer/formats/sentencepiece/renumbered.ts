import type { Model, Pieces } from "../../pipeline";
import type { Vocabulary } from "../../vocabulary";

/** A model whose pieces get ids from another vocabulary, as in Marian; pieces missing there are unknown. */
export class RenumberedModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownToken: string;
  readonly #pieces: Model;
  readonly #scores: ReadonlyMap<string, number>;

  /** @param scores the model's piece scores, for {@link toJson} */
  constructor(pieces: Model, scores: ReadonlyMap<string, number>, vocabulary: Vocabulary, unknownToken: string) {
    this.vocabulary = vocabulary;
    this.unknownToken = unknownToken;
    this.#pieces = pieces;
    this.#scores = scores;
  }

  tokenize(text: string): Pieces {
    const unknown = this.vocabulary.id(this.unknownToken) as number;
    const pieces = this.#pieces.tokenize(text);
    const tokens = pieces.tokens ?? pieces.ids.map((id) => this.#pieces.vocabulary.token(id) as string);
    return { ...pieces, tokens, ids: tokens.map((token) => this.vocabulary.id(token) ?? unknown) };
  }

  /** The closest equivalent in tokenizer.json: a token that is not a piece is less likely than its characters. */
  toJson(): Record<string, unknown> {
    const least = Math.min(0, ...this.#scores.values());
    const { vocabulary } = this;
    const tokens = Array.from({ length: vocabulary.size }, (_, id) => vocabulary.token(id) as string);
    return {
      type: "Unigram",
      unk_id: vocabulary.id(this.unknownToken),
      vocab: tokens.map((token) => [token, this.#scores.get(token) ?? least * token.length - 1]),
      byte_fallback: false,
    };
  }
}
