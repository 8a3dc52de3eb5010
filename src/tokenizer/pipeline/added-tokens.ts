import type { Fields } from "../../fields";
import { AlignedText, classAt, previousCharacterStart, runEnd, SPACE, WORD } from "../text";
import { Trie, type Vocabulary } from "../vocabulary";
import type { Normalizer } from "./normalizers/normalizer";

/**
 * A token that is found in a text as a whole and never split: `<s>`, `[MASK]`, or a user-defined word. Its fields are
 * named as in tokenizer.json.
 */
export interface AddedToken {
  readonly content: string;
  /** Matches only if not adjacent to a letter or digit. */
  readonly single_word: boolean;
  /** Includes the white space before it. */
  readonly lstrip: boolean;
  /** Includes the white space after it. */
  readonly rstrip: boolean;
  /** Matches in the normalized text, after being normalized itself. */
  readonly normalized: boolean;
  /** Omitted from decoded text. */
  readonly special: boolean;
  /** Has an id but is never matched in a text; false if omitted. */
  readonly hidden?: boolean;
}

/** Part of a text: an added token with its id, or text for the pre-tokenizer. */
export interface Segment {
  text: AlignedText;
  id: number | undefined;
}

export function readAddedToken(fields: Fields): AddedToken {
  return {
    content: fields.string("content"),
    single_word: fields.boolean("single_word", false),
    lstrip: fields.boolean("lstrip", false),
    rstrip: fields.boolean("rstrip", false),
    normalized: fields.boolean("normalized", true),
    special: fields.boolean("special", false),
  };
}

/** The added tokens of a tokenizer: their ids, and their matches in a text. */
export class AddedTokens {
  readonly #ids = new Map<string, number>();
  readonly #tokens = new Map<number, AddedToken>();
  readonly #decodedForms = new Map<number, string>();
  readonly #special = new Set<string>();
  readonly #raw = new Trie();
  readonly #normalized = new Trie();
  readonly #normalizer: Normalizer | undefined;

  /**
   * A token in the model's vocabulary keeps its id. Others get the ids after the vocabulary in the given order,
   * whatever ids the file declares, as in the reference implementation.
   */
  constructor(tokens: readonly AddedToken[], vocabulary: Vocabulary, normalizer: Normalizer | undefined) {
    this.#normalizer = normalizer;
    let nextId = vocabulary.size;
    for (const token of tokens) {
      if (token.content === "") continue;
      const id = this.#ids.get(token.content) ?? vocabulary.id(token.content) ?? nextId++;
      this.#ids.set(token.content, id);
      this.#tokens.set(id, token);
      if (token.special) this.#special.add(token.content);
    }
    for (const [id, token] of this.#tokens) this.#makeFindable(id, token);
  }

  #makeFindable(id: number, { content, hidden, normalized }: AddedToken): void {
    if (hidden) return;
    const normalizer = normalized ? this.#normalizer : undefined;
    const form = normalizer?.normalize(AlignedText.of(content)).text ?? content;
    (normalized ? this.#normalized : this.#raw).add(form, id);
    if (form !== content) this.#decodedForms.set(id, form);
  }

  id(token: string): number | undefined {
    return this.#ids.get(token);
  }

  content(id: number): string | undefined {
    return this.#tokens.get(id)?.content;
  }

  /** The form of the token that the decoder receives: the one that is matched in texts. */
  decodedForm(id: number): string | undefined {
    return this.#decodedForms.get(id) ?? this.content(id);
  }

  isSpecial(id: number): boolean {
    return this.#special.has(this.content(id) ?? "");
  }

  /** Number of tokens that are missing from the model's vocabulary. */
  countOutside(vocabulary: Vocabulary): number {
    return [...this.#ids.keys()].filter((content) => vocabulary.id(content) === undefined).length;
  }

  /**
   * Separates the added tokens from a text and normalizes the rest.
   *
   * @param recognizeSpecial whether special tokens are separated too, or treated as ordinary text
   */
  segments(text: string, recognizeSpecial = true): Segment[] {
    const segments: Segment[] = [];
    for (const segment of this.#cut(AlignedText.of(text), this.#raw, recognizeSpecial)) {
      if (segment.id !== undefined) {
        segments.push(segment);
      } else {
        const normalized = this.#normalizer?.normalize(segment.text) ?? segment.text;
        for (const part of this.#cut(normalized, this.#normalized, recognizeSpecial)) segments.push(part);
      }
    }
    return segments;
  }

  #cut(text: AlignedText, trie: Trie, recognizeSpecial: boolean): Segment[] {
    if (text.length === 0) return [];
    const segments: Segment[] = [];
    let end = 0;
    let spacesEnd = 0;
    for (const { range, value: id } of trie.matches(text.text)) {
      const token = this.#tokens.get(id) as AddedToken;
      if (!recognizeSpecial && this.#special.has(token.content)) continue;
      if (token.single_word && !standsAlone(text.text, range[0], range[1])) continue;
      const from = token.lstrip ? spaceStart(text.text, range[0], end) : range[0];
      // A run of spaces is scanned once, however many tokens it contains.
      if (token.rstrip && range[1] >= spacesEnd) spacesEnd = runEnd(text.text, range[1], SPACE);
      const to = token.rstrip ? spacesEnd : range[1];
      if (end < from) segments.push({ text: text.slice(end, from), id: undefined });
      segments.push({ text: text.slice(from, to), id });
      end = to;
    }
    // A slice starts where its first character came from, even if characters before it were removed.
    if (end < text.length) segments.push({ text: text.slice(end, text.length), id: undefined });
    return segments;
  }

  toJson(): Record<string, unknown>[] {
    return [...this.#tokens].sort(([a], [b]) => a - b).map(([id, { hidden, ...token }]) => ({ id, ...token }));
  }
}

function standsAlone(text: string, from: number, to: number): boolean {
  const before = from === 0 ? 0 : classAt(text, previousCharacterStart(text, from));
  return ((before | classAt(text, to)) & WORD) === 0;
}

/** Where the white space before `end` starts, but not before `least`. */
function spaceStart(text: string, end: number, least: number): number {
  let start = Math.max(end, least);
  while (start > least && (classAt(text, start - 1) & SPACE) !== 0) start--;
  return start;
}
