import { AlignedText } from "../text";
import { WordCache } from "../vocabulary";
import type { TokenColumns } from "./encoding";
import type { Model, Pieces } from "./models/model";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer";

/** Longer words rarely recur. */
const LONGEST_WORD = 128;

/** The tokens of a stretch of text, with offsets in the stretch before its words were rewritten. */
interface CutStretch extends Pieces {
  /** The text of the stretch. */
  word: string;
  /** The index of each token's word in the stretch; absent if the stretch is one word. */
  readonly words: readonly number[] | undefined;
  readonly wordCount: number;
}

/** Appends to columns of tokens, whose next word has this number; returns the number after its last word. */
export type AppendTokens = (columns: TokenColumns, word: number) => number;

/** Splits text into words and has the model split them, with a cache. */
export class WordTokenizer {
  readonly #preTokenizer: PreTokenizer | undefined;
  readonly #model: Model;
  readonly #cache = new WordCache<CutStretch>();

  readonly #startMatters: boolean;

  constructor(preTokenizer: PreTokenizer | undefined, model: Model) {
    this.#preTokenizer = preTokenizer;
    this.#startMatters = preTokenizer?.startMatters === true;
    this.#model = model;
  }

  /** Appends the ids of a text's tokens, and returns a function that appends the rest. */
  tokenize(text: AlignedText, ids: number[]): AppendTokens {
    const prepared = this.#preTokenizer?.prepare?.(text) ?? text;
    const bounds = this.#preTokenizer?.ranges?.(prepared.text) ?? [0, prepared.length];
    const kept = new Map<number, CutStretch>();
    const stretchAt = (i: number): CutStretch =>
      this.#stretch(prepared, prepared.text, bounds[i] as number, bounds[i + 1] as number, kept);
    for (let i = 0; i < bounds.length; i += 2) {
      const { ids: own } = stretchAt(i);
      for (let token = 0; token < own.length; token++) ids.push(own[token] as number);
    }
    // Looks stretches up again: keeping a list of them would take half of the encoding time.
    return (columns, word) => {
      let number = word;
      for (let i = 0; i < bounds.length; i += 2) {
        const stretch = stretchAt(i);
        this.#append(prepared, bounds[i] as number, stretch, columns, number);
        number += stretch.wordCount;
      }
      return number;
    };
  }

  #append(text: AlignedText, from: number, stretch: CutStretch, columns: TokenColumns, word: number): void {
    const { ids, starts, ends, tokens, words } = stretch;
    for (let i = 0; i < ids.length; i++) {
      columns.tokens.push(tokens?.[i] ?? (this.#model.vocabulary.token(ids[i] as number) as string));
      columns.words.push(word + (words?.[i] ?? 0));
      const start = from + (starts[i] as number);
      const end = from + (ends[i] as number);
      if (text.isUnchanged) {
        columns.starts.push(text.start + start);
        columns.ends.push(text.start + end);
      } else {
        const offsets = text.offsets(start, end);
        columns.starts.push(offsets[0]);
        columns.ends.push(offsets[1]);
      }
    }
  }

  /** @param kept stretches of this text, by their start, that other texts cannot use or that are too long to recur */
  #stretch(text: AlignedText, characters: string, from: number, to: number, kept: Map<number, CutStretch>): CutStretch {
    const isCommon = to - from <= LONGEST_WORD && !(this.#startMatters && text.startOf(from) === 0);
    const known = isCommon ? this.#cache.get(characters, from, to) : kept.get(from);
    if (known !== undefined) return known;
    const stretch = this.#cut(text, from, to);
    if (isCommon) this.#cache.set(stretch);
    else kept.set(from, stretch);
    return stretch;
  }

  #cut(text: AlignedText, from: number, to: number): CutStretch {
    const start = text.startOf(from);
    const word = text.text.slice(from, to);
    const stretch = AlignedText.of(word, start);
    const words = this.#preTokenizer?.words?.(stretch) ?? [stretch];
    const cut = words.map((part) => this.#placed(part, start));
    const { ids, starts, ends, tokens } = cut.length === 1 ? (cut[0] as Pieces) : this.#joined(cut);
    const numbers = cut.length === 1 ? undefined : cut.flatMap((pieces, number) => pieces.ids.map(() => number));
    return { word, ids, starts, ends, tokens, words: numbers, wordCount: cut.length };
  }

  /** The tokens of a word, with offsets in its stretch. */
  #placed(word: AlignedText, stretchStart: number): Pieces {
    const pieces = this.#model.tokenize(word.text);
    if (word.isUnchanged && word.start === stretchStart) return pieces;
    const starts = pieces.starts.map((start) => word.startOf(start) - stretchStart);
    // A piece without text starts where it ends.
    const ends = pieces.ends.map((end, i) =>
      end > (pieces.starts[i] as number) ? word.endOf(end - 1) - stretchStart : (starts[i] as number),
    );
    return { ...pieces, starts, ends };
  }

  #joined(words: readonly Pieces[]): Pieces {
    const { vocabulary } = this.#model;
    return {
      ids: words.flatMap(({ ids }) => ids),
      starts: words.flatMap(({ starts }) => starts),
      ends: words.flatMap(({ ends }) => ends),
      tokens: words.flatMap(({ ids, tokens }) => tokens ?? ids.map((id) => vocabulary.token(id) as string)),
    };
  }
}
