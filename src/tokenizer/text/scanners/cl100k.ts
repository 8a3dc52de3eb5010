import { LETTER, NUMBER, OTHER } from "../character-classes";
import { caseFolded, classAt, contractionEnd, runEnd, type Scanner, scan, signEnd, signsOrSpaceEnd } from "./scan";

/** @param numbers GPT-4 and Llama 3 match three digits together, Qwen one by one */
export const wordsOfCl100k = (numbers: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

export function cl100kScanner(digits: number): Scanner {
  const wordEnd = (text: string, at: number): number => {
    const contraction = contractionEnd(text, at, caseFolded);
    if (contraction > at) return contraction;
    const first = classAt(text, at);
    if ((first & NUMBER) !== 0) return runEnd(text, at, NUMBER, digits);
    const from = signEnd(text, at, first, LETTER | NUMBER);
    const end = runEnd(text, from, LETTER);
    return end > from ? end : signsOrSpaceEnd(text, at, OTHER);
  };
  return (text) => scan(text, wordEnd);
}
