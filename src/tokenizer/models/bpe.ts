import type { Fields } from "../fields";
import { utf8 } from "../unicode";
import { Vocabulary } from "../vocabulary";
import { byteTokenIds } from "./byte-tokens";
import { mergeWord, type Symbols } from "./merge-word";
import { type MergePair, MergeTable, readMerges } from "./merges";
import { type Model, NO_PIECES, type Pieces, wholePiece } from "./model";
import { unknownId } from "./unknown";

export interface BpeSettings {
  unknownToken?: string | undefined;
  /** Stands before every character of a word but the first. */
  continuingPrefix?: string | undefined;
  /** Stands after the last character of a word. */
  endOfWordSuffix?: string | undefined;
  /** Neighbouring unknown characters are one unknown token. */
  fuseUnknown?: boolean;
  /** An unknown character becomes the tokens `<0x00>` … `<0xFF>` of its UTF-8 bytes. */
  byteFallback?: boolean;
  /** A word that is a token is not cut, whatever the merges say. */
  ignoreMerges?: boolean;
  /** Merges skipped at random in training; kept for {@link Bpe.toJson}, never applied here. */
  dropout?: number | null;
}

/**
 * Byte pair encoding: a word starts as characters, and the merges join neighbours in the order they were learned.
 *
 * @see https://arxiv.org/abs/1508.07909, section 3.2
 */
export class Bpe implements Model {
  readonly vocabulary: Vocabulary;
  readonly #merges: MergeTable;
  readonly #settings: BpeSettings;

  constructor(vocabulary: Vocabulary, merges: readonly MergePair[], settings: BpeSettings = {}) {
    this.vocabulary = vocabulary;
    this.#settings = settings;
    this.#merges = new MergeTable(vocabulary, merges, settings.continuingPrefix?.length ?? 0);
  }

  static read(fields: Fields): Bpe {
    const dropout = fields.get("dropout") ?? null;
    if (dropout !== null && typeof dropout !== "number") throw fields.fail("dropout", "a number or null");
    const flag = (name: string): boolean => fields.get(name) != null && fields.boolean(name);
    return new Bpe(Vocabulary.read(fields, "vocab"), readMerges(fields), {
      unknownToken: fields.optionalString("unk_token"),
      continuingPrefix: fields.optionalString("continuing_subword_prefix"),
      endOfWordSuffix: fields.optionalString("end_of_word_suffix"),
      fuseUnknown: flag("fuse_unk"),
      byteFallback: flag("byte_fallback"),
      ignoreMerges: flag("ignore_merges"),
      dropout,
    });
  }

  get unknownToken(): string | undefined {
    return this.#settings.unknownToken;
  }

  tokenize(word: string): Pieces {
    if (word === "") return NO_PIECES;
    const whole = this.#settings.ignoreMerges ? this.vocabulary.id(word) : undefined;
    return whole === undefined ? mergeWord(this.#symbols(word), this.#merges) : wholePiece(whole, word);
  }

  /** The characters of a word as ids, before any merge. A character without an id, where nothing is unknown, is lost. */
  #symbols(word: string): Symbols {
    const symbols: Symbols = { ids: [], starts: [], ends: [] };
    let unknownBefore = false;
    let losesCharacters = false;
    let start = 0;
    for (const character of word) {
      const end = start + character.length;
      const ids = this.#idsOf(character, start === 0, end === word.length);
      const unknown = ids.length === 0 && this.#settings.unknownToken !== undefined;
      if (unknown && unknownBefore && this.#settings.fuseUnknown) {
        symbols.ends[symbols.ends.length - 1] = end;
      } else {
        if (unknown) ids.push(unknownId(this.vocabulary, this.#settings.unknownToken as string));
        for (const id of ids) {
          symbols.ids.push(id);
          symbols.starts.push(start);
          symbols.ends.push(end);
        }
      }
      losesCharacters ||= ids.length === 0 && !unknown;
      unknownBefore = unknown;
      start = end;
    }
    return losesCharacters ? closedUp(word, symbols) : symbols;
  }

  #idsOf(character: string, first: boolean, last: boolean): number[] {
    const { continuingPrefix = "", endOfWordSuffix = "", byteFallback } = this.#settings;
    const symbol = `${first ? "" : continuingPrefix}${character}${last ? endOfWordSuffix : ""}`;
    const id = this.vocabulary.id(symbol);
    if (id !== undefined) return [id];
    if (!byteFallback) return [];
    return byteTokenIds(symbol, this.vocabulary) ?? [];
  }

  toJson(): Record<string, unknown> {
    return {
      type: "BPE",
      dropout: this.#settings.dropout ?? null,
      unk_token: this.#settings.unknownToken ?? null,
      continuing_subword_prefix: this.#settings.continuingPrefix ?? null,
      end_of_word_suffix: this.#settings.endOfWordSuffix ?? null,
      fuse_unk: this.#settings.fuseUnknown ?? false,
      byte_fallback: this.#settings.byteFallback ?? false,
      ignore_merges: this.#settings.ignoreMerges ?? false,
      vocab: this.vocabulary.toJson(),
      merges: this.#merges.pairs(),
    };
  }
}

/** The symbols of a word that lost others, placed as by the reference: as if they stood together at its start, in UTF-8. */
function closedUp(word: string, { ids, starts, ends }: Symbols): Symbols {
  /** The code unit at which the character of each byte begins. */
  const units: number[] = [];
  let unit = 0;
  for (const character of word) {
    units.push(...Array.from(utf8(character), () => unit));
    unit += character.length;
  }
  let byte = 0;
  for (let i = 0; i < ids.length; i++) {
    const symbol = word.slice(starts[i], ends[i]);
    starts[i] = units[byte] as number;
    byte += utf8(symbol).length;
    const last = units[byte - 1] as number;
    ends[i] = last + ((word.codePointAt(last) as number) > 0xffff ? 2 : 1);
  }
  return { ids, starts, ends };
}
