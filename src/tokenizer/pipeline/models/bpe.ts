import type { Fields } from "../../../fields";
import { shortString, utf8 } from "../../text";
import { Vocabulary } from "../../vocabulary";

import { byteTokenIds } from "./byte-tokens";
import { FEW, mergeWord, type Symbols } from "./merge-word";
import { MergeTable } from "./merges";
import { type Model, NO_PIECES, type Pieces, wholePiece } from "./model";
import { unknownId } from "./unknown";

/** The settings of tokenizer.json beside the vocabulary and the merges, under its names. */
interface BpeSettings {
  /** The probability of skipping a merge in training; kept for {@link Bpe.toJson}, never applied. */
  dropout: number | null;
  unk_token: string | null;
  /** Prefix of every character of a word except the first. */
  continuing_subword_prefix: string | null;
  /** Suffix of the last character of a word. */
  end_of_word_suffix: string | null;
  /** Whether neighbouring unknown characters are one unknown token. */
  fuse_unk: boolean;
  /** Whether an unknown character becomes the tokens `<0x00>` … `<0xFF>` of its UTF-8 bytes. */
  byte_fallback: boolean;
  /** Whether a word that is a token is kept whole, whatever the merges are. */
  ignore_merges: boolean;
}

/**
 * Byte pair encoding: a word starts as characters, and neighbours are joined in the order the merges were learned.
 *
 * @see https://arxiv.org/abs/1508.07909, section 3.2
 */
export class Bpe implements Model {
  readonly vocabulary: Vocabulary;
  readonly #merges: MergeTable;
  readonly #settings: BpeSettings;

  private constructor(vocabulary: Vocabulary, merges: MergeTable, settings: BpeSettings) {
    this.vocabulary = vocabulary;
    this.#merges = merges;
    this.#settings = settings;
  }

  static read(fields: Fields): Bpe {
    const dropout = fields.get("dropout") ?? null;
    if (dropout !== null && typeof dropout !== "number") throw fields.error("dropout", "a number or null");
    const text = (name: string): string | null => (fields.get(name) == null ? null : shortString(fields, name));
    const flag = (name: string): boolean => fields.get(name) != null && fields.boolean(name);
    const settings: BpeSettings = {
      dropout,
      unk_token: text("unk_token"),
      continuing_subword_prefix: text("continuing_subword_prefix"),
      end_of_word_suffix: text("end_of_word_suffix"),
      fuse_unk: flag("fuse_unk"),
      byte_fallback: flag("byte_fallback"),
      ignore_merges: flag("ignore_merges"),
    };
    const vocabulary = Vocabulary.read(fields, "vocab");
    const prefixLength = settings.continuing_subword_prefix?.length ?? 0;
    const merges = new MergeTable(vocabulary, fields.object("vocab").value, fields.list("merges"), prefixLength);
    return new Bpe(vocabulary, merges, settings);
  }

  get unknownToken(): string | undefined {
    return this.#settings.unk_token ?? undefined;
  }

  tokenize(word: string): Pieces {
    if (word === "") return NO_PIECES;
    const whole = this.#settings.ignore_merges ? this.vocabulary.id(word) : undefined;
    return whole === undefined ? mergeWord(this.#symbols(word), this.#merges) : wholePiece(whole, word);
  }

  /** The characters of a word as ids, before any merge. Without an unknown token, others are dropped. */
  #symbols(word: string): Symbols {
    const { unk_token, continuing_subword_prefix, end_of_word_suffix, byte_fallback, fuse_unk } = this.#settings;
    const [prefix, suffix] = [continuing_subword_prefix ?? "", end_of_word_suffix ?? ""];
    // Preallocated: growing takes most of the time for a text of ten million letters. Short dense arrays are faster.
    const column = (): number[] => (word.length > FEW ? new Array(word.length) : []);
    const symbols: Symbols = { ids: column(), starts: column(), ends: column() };
    let count = 0;
    const add = (id: number, start: number, end: number): void => {
      symbols.ids[count] = id;
      symbols.starts[count] = start;
      symbols.ends[count++] = end;
    };
    let unknownBefore = false;
    let losesCharacters = false;
    let start = 0;
    for (const character of word) {
      const end = start + character.length;
      const symbol = `${start > 0 ? prefix : ""}${character}${end < word.length ? "" : suffix}`;
      const id = this.vocabulary.id(symbol);
      const bytes = id === undefined && byte_fallback ? byteTokenIds(symbol, this.vocabulary) : undefined;
      const unknown = id === undefined && bytes === undefined && unk_token !== null;
      if (id !== undefined) add(id, start, end);
      else if (bytes !== undefined) for (const byte of bytes) add(byte, start, end);
      else if (!unknown) losesCharacters = true;
      else if (unknownBefore && fuse_unk) symbols.ends[count - 1] = end;
      else add(unknownId(this.vocabulary, unk_token), start, end);
      unknownBefore = unknown;
      start = end;
    }
    for (const filled of [symbols.ids, symbols.starts, symbols.ends]) filled.length = count;
    return losesCharacters ? closedUp(word, symbols) : symbols;
  }

  toJson(): Record<string, unknown> {
    return { type: "BPE", ...this.#settings, vocab: this.vocabulary.toJson(), merges: this.#merges.pairs() };
  }
}

/** Places the symbols of a word that lost others as the reference does: moved together at its start, in UTF-8. */
function closedUp(word: string, symbols: Symbols): Symbols {
  const { ids, starts, ends } = symbols;
  let unit = 0;
  /** The start and end of the character that each byte belongs to. */
  const places = Array.from(word).flatMap((character) => {
    const start = unit;
    unit += character.length;
    const place = [start, unit] as const;
    return Array.from(utf8(character), () => place);
  });
  // Symbols for the bytes of one character share its place.
  const lengths = ids.map((_, i) =>
    starts[i] === starts[i - 1] || starts[i] === starts[i + 1] ? 1 : utf8(word.slice(starts[i], ends[i])).length,
  );
  let byte = 0;
  lengths.forEach((length, i) => {
    starts[i] = (places[byte] as readonly number[])[0] as number;
    byte += length;
    ends[i] = (places[byte - 1] as readonly number[])[1] as number;
  });
  return symbols;
}
