/** Text and its characters: Unicode, spans, patterns, scanners, regular expressions. */
export { AlignedText, type Offsets } from "./aligned-text";
export { BYTE_CHARACTERS, bytesOfToken, REWRITTEN, toByteCharacters } from "./byte-alphabet";
export { characterClass, NUMBER, OTHER, SPACE, WORD } from "./character-classes";
export { expectModest } from "./modest";
export {
  characterPattern,
  literalPattern,
  type Pattern,
  regexPattern,
  replaceMatches,
  runPattern,
  SPLIT_BEHAVIORS,
  type SplitBehavior,
  splitRanges,
} from "./patterns";
export { expectShallow, problem, shortString, TOKENIZER_FILE } from "./problem";
export { compileRegex, RegexProblem } from "./regex";
export { scanners } from "./scanners";
export { wordsOfCl100k } from "./scanners/cl100k";
export { WORDS_OF_DEEPSEEK } from "./scanners/deepseek";
export { scanGpt2, WORDS_OF_GPT2 } from "./scanners/gpt2";
export { wordsOfO200k } from "./scanners/o200k";
export { classAt, type Ranges, runEnd, unitsAt } from "./scanners/scan";
export {
  codePointCount,
  MARK,
  MARKS,
  previousCharacterStart,
  strictTextOfUtf8,
  textOfUtf8,
  UPPERCASE,
  utf8,
  WHITE_SPACE,
} from "./unicode";
export { CONTROLS, MARKS_OF_UNICODE_8, NONSPACING_MARKS, PUNCTUATION } from "./unicode-8";
