import { LETTER, NUMBER, OTHER } from "../character-classes";
import { BLANK, classAt, contractionEnd, runEnd, type Scanner, scan, spaceEnd } from "./scan";

/** GPT-2, GPT-3, RoBERTa and many later models. */
export const WORDS_OF_GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

export const scanGpt2: Scanner = (text) => scan(text, wordEnd);

function wordEnd(text: string, at: number): number {
  const contraction = contractionEnd(text, at);
  if (contraction > at) return contraction;
  const from = text.charCodeAt(at) === BLANK ? at + 1 : at;
  const kind = classAt(text, from) & (LETTER | NUMBER | OTHER);
  return kind === 0 ? spaceEnd(text, at) : runEnd(text, from, kind);
}
