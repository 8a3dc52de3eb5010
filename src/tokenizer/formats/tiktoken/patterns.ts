import { wordsOfCl100k, wordsOfO200k } from "../../text";

/** The published patterns that split texts into words. */
export type TiktokenPattern = "gpt2" | "cl100k" | "o200k" | "llama3";

interface WordPattern {
  /** For JavaScript's engine. Case is spelled out, because it cannot ignore case in part of a pattern. */
  regex: RegExp;
  /** For a tokenizer.json, which other engines read; without possessive quantifiers, which only save time. */
  json: string;
}

const ENDING = "'[sS\\u017f]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]";
const JSON_ENDING = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const OTHER = "[^\\p{White_Space}\\p{L}\\p{N}]";
const LEFT_OVER = "\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+";

/**
 * White space is written `\p{White_Space}`, because JavaScript's `\s` differs in two characters.
 *
 * @see https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py
 * @see https://github.com/meta-llama/llama3/blob/main/llama/tokenizer.py
 */
export const WORD_PATTERNS: Readonly<Record<TiktokenPattern, () => WordPattern>> = {
  gpt2: () => ({
    regex: new RegExp(`'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?${OTHER}+|${LEFT_OVER}`, "gu"),
    json: "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  }),
  cl100k: () => ({
    regex: new RegExp(
      `${ENDING}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?${OTHER}+[\\r\\n]*|` +
        `\\p{White_Space}+$|\\p{White_Space}*[\\r\\n]|${LEFT_OVER}`,
      "gu",
    ),
    json: `${JSON_ENDING}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s+\\z|\\s*[\\r\\n]|\\s+(?!\\S)|\\s`,
  }),
  o200k: () => ({
    regex: new RegExp(
      `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+(?:${ENDING})?|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*(?:${ENDING})?|` +
        `\\p{N}{1,3}| ?${OTHER}+[\\r\\n/]*|\\p{White_Space}*[\\r\\n]+|${LEFT_OVER}`,
      "gu",
    ),
    json: wordsOfO200k(`${JSON_ENDING}?`, "\\p{N}{1,3}"),
  }),
  llama3: () => ({
    regex: new RegExp(
      `${ENDING}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?${OTHER}+[\\r\\n]*|\\p{White_Space}*[\\r\\n]+|${LEFT_OVER}`,
      "gu",
    ),
    json: wordsOfCl100k("\\p{N}{1,3}"),
  }),
};
