import { cl100kScanner, wordsOfCl100k } from "./cl100k";
import { scanGpt2, WORDS_OF_GPT2 } from "./gpt2";
import type { Scanner } from "./scan";

/** Scanners by the pattern that they stand for, as published files write it. */
export const SCANNERS: ReadonlyMap<string, Scanner> = /* @__PURE__ */ new Map([
  [WORDS_OF_GPT2, scanGpt2],
  [wordsOfCl100k("\\p{N}{1,3}"), cl100kScanner(3)],
  [wordsOfCl100k("\\p{N}"), cl100kScanner(1)],
]);
