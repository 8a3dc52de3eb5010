import type { DecoderModel, Pretrained } from "transformer-blocks";
import type { Tokenizer } from "transformer-blocks/tokenizer";
import { distinct, type Word, wordsOf } from "../../show/unseen-words";

/** A token as it is shown. */
export interface TokenView {
  id: number;
  /** White space is visible, and a part of a character is written as its bytes. */
  label: string;
  /** Where it stands in the text, in UTF-16 code units. */
  start: number;
  end: number;
  isSpecial: boolean;
}

/** What the model reads of a text. */
export interface Reading {
  /** The part of the text that is read. */
  text: string;
  tokens: TokenView[];
  ids: number[];
  /** Words of several tokens that are one character each: the vocabulary has no piece of them. */
  spelled: string[];
  /** Says what was left out. */
  notice?: string;
}

/** Pictures of more tokens are not readable. */
export const MOST_TOKENS = 64;
/** Enough for MOST_TOKENS: no token of ordinary text is this long. */
const MOST_CHARACTERS = 4000;

export const visible = (text: string): string =>
  text.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll("\r", "␍");

/** The end of a text, without half a character at its start. */
function endOf(text: string, length: number): string {
  const end = text.slice(-length);
  const code = end.charCodeAt(0);
  return code >= 0xdc00 && code <= 0xdfff ? end.slice(1) : end;
}

/**
 * The tokens of the end of a text, at most as many as the model and the pictures take.
 *
 * @returns a sentence instead if there is nothing to read
 */
export function readText({ model, tokenizer }: Pretrained<DecoderModel>, text: string): Reading | string {
  if (text.trim() === "") return "The field is empty. Type the beginning of a story, for example: Once upon a time";
  const part = endOf(text, MOST_CHARACTERS);
  const { ids, offsets, special, words } = tokenizer.encode(part);
  if (ids.length === 0) return "The model knows no token of this text. Type a few English words.";
  const most = Math.max(1, Math.min(MOST_TOKENS, model.config.contextLength - 1));
  const all = ids.map((id, i) => {
    const [start, end] = offsets[i]!;
    return { id, label: labelOf(tokenizer, id, part.slice(start, end)), start, end, isSpecial: special[i] === 1 };
  });
  const tokens = lastOf(all, most);
  const isCut = part.length < text.length || tokens.length < all.length;
  const notice = `The text has ${count(text.length)} characters. The explorer reads its last ${most} tokens, so that the pictures stay readable.`;
  const spelled = distinct(wordsOf(part, { offsets, words }).filter((word) => isSpelled(part, word)));
  return { text: part, tokens, ids: tokens.map(({ id }) => id), spelled, ...(isCut && { notice }) };
}

/** Whether a word is read letter by letter. */
const isSpelled = (text: string, { places }: Word): boolean =>
  places.length > 1 && places.every(([start, end]) => [...text.slice(start, end)].length <= 1);

/** The last tokens. A token that marks the beginning of every text stays. */
function lastOf(tokens: TokenView[], most: number): TokenView[] {
  if (tokens.length <= most) return tokens;
  const first = tokens[0]!.isSpecial ? tokens.slice(0, 1) : [];
  return [...first, ...tokens.slice(tokens.length - Math.max(most - first.length, 0))];
}

const whole = new TextDecoder("utf-8", { fatal: true });

/** The text of a token. What is no whole character is written as bytes: an emoji may take several tokens. */
function labelOf(tokenizer: Tokenizer, id: number, part: string): string {
  const bytes = tokenizer.tokenBytes(id);
  if (bytes === undefined || bytes.length === 0) return visible(part) || tokenizer.idToToken(id) || "?";
  try {
    return visible(whole.decode(bytes));
  } catch {
    return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
  }
}

/** A token of the vocabulary. */
export const tokenLabel = (tokenizer: Tokenizer, id: number): string =>
  labelOf(tokenizer, id, visible(tokenizer.idToToken(id) ?? ""));

export const count = (number: number): string => number.toLocaleString("en");
