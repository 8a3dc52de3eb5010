import { cl100kScanner, wordsOfCl100k } from "./cl100k";
import { scanDeepSeek, WORDS_OF_DEEPSEEK } from "./deepseek";
import { scanGpt2, WORDS_OF_GPT2 } from "./gpt2";
import { o200kScanner, wordsOfO200k } from "./o200k";
import type { Scanner } from "./scan";

/** Scanners by the equivalent pattern, as written in published files. */
export function scanners(): ReadonlyMap<string, Scanner> {
  return new Map([
    [WORDS_OF_GPT2, scanGpt2],
    [wordsOfCl100k("\\p{N}{1,3}"), cl100kScanner(3)],
    [wordsOfCl100k("\\p{N}"), cl100kScanner(1)],
    [wordsOfO200k("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "\\p{N}{1,3}"), o200kScanner(true, 3)],
    [wordsOfO200k("", "\\p{N}"), o200kScanner(false, 1)],
    [WORDS_OF_DEEPSEEK, scanDeepSeek],
  ]);
}
