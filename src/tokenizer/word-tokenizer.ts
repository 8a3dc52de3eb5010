import { AlignedText } from "./aligned-text";
import type { EncodedTokens } from "./encoding";
import type { Model, Piece } from "./models";
import type { PreTokenizer } from "./pre-tokenizers";
import { WordCache } from "./word-cache";

/** Splits text into words and has the model cut them, unless it did before. */
export class WordTokenizer {
  readonly #preTokenizer: PreTokenizer | undefined;
  readonly #model: Model;
  readonly #cache = new WordCache<readonly Piece[]>();

  constructor(preTokenizer: PreTokenizer | undefined, model: Model) {
    this.#preTokenizer = preTokenizer;
    this.#model = model;
  }

  /** Appends the tokens of a text, whose first word is number `word`; gives the number after its last. */
  tokenize(text: AlignedText, tokens: EncodedTokens, word: number): number {
    const ranges = this.#preTokenizer?.ranges?.(text.text);
    let number = word;
    if (ranges === undefined) {
      for (const piece of this.#preTokenizer?.split(text) ?? [text]) {
        this.#append(piece, 0, this.#pieces(piece.text, this.#cutWord), tokens, number++);
      }
    } else {
      for (let i = 0; i < ranges.length; i += 2) {
        const from = ranges[i] as number;
        const pieces = this.#pieces(text.text.slice(from, ranges[i + 1]), this.#cutRewritten);
        this.#append(text, from, pieces, tokens, number++);
      }
    }
    return number;
  }

  #append(text: AlignedText, from: number, pieces: readonly Piece[], columns: EncodedTokens, word: number): void {
    const { ids, tokens, starts, ends, words } = columns;
    const unchanged = text.isUnchanged;
    const base = text.start + from;
    for (let i = 0; i < pieces.length; i++) {
      const { id, token, start, end } = pieces[i] as Piece;
      ids.push(id);
      tokens.push(token);
      words.push(word);
      if (unchanged) {
        starts.push(base + start);
        ends.push(base + end);
      } else {
        const offsets = text.offsets(from + start, from + end);
        starts.push(offsets[0]);
        ends.push(offsets[1]);
      }
    }
  }

  #pieces(word: string, cut: (word: string) => readonly Piece[]): readonly Piece[] {
    const known = this.#cache.get(word);
    if (known !== undefined) return known;
    const pieces = cut(word);
    this.#cache.set(word, pieces);
    return pieces;
  }

  readonly #cutWord = (word: string): readonly Piece[] => this.#model.tokenize(word);

  /** The places of the pieces are those in the word before it was rewritten. */
  readonly #cutRewritten = (word: string): readonly Piece[] => {
    if (this.#preTokenizer?.rewrite === undefined) return this.#model.tokenize(word);
    const rewritten = this.#preTokenizer.rewrite(AlignedText.of(word));
    return this.#model.tokenize(rewritten.text).map(({ id, token, start, end }) => {
      const [from, to] = rewritten.offsets(start, end);
      return { id, token, start: from, end: to };
    });
  };
}
