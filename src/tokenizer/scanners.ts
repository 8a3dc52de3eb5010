import { characterClass, KIND, LETTER, NUMBER, OTHER, SPACE } from "./character-classes";

/**
 * The commonest patterns by hand, because a regular expression with Unicode properties takes longer than all the rest
 * of encoding. Each gives the matches of its pattern, which cover the text: start and end of the first, and so on.
 */
type Scanner = (text: string) => number[];

const APOSTROPHE = 0x27;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;

/** As published files write them. */
export const WORDS_OF_GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
export const WORDS_OF_CL100K = (numbers: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

/** GPT-2, GPT-3, RoBERTa and many after them. */
export const scanGpt2: Scanner = (text) => scan(text, (at) => gpt2WordEnd(text, at));

/** GPT-4 and Llama 3 take three digits together; Qwen takes each by itself. */
function cl100kScanner(digits: number): Scanner {
  return (text) => scan(text, (at) => cl100kWordEnd(text, at, digits));
}

/** Scanners by the pattern that they stand for, as published files write it. */
export const SCANNERS: ReadonlyMap<string, Scanner> = new Map([
  [WORDS_OF_GPT2, scanGpt2],
  [WORDS_OF_CL100K("\\p{N}{1,3}"), cl100kScanner(3)],
  [WORDS_OF_CL100K("\\p{N}"), cl100kScanner(1)],
]);

function scan(text: string, wordEnd: (at: number) => number): number[] {
  const ranges: number[] = [];
  for (let at = 0; at < text.length; ) {
    const end = wordEnd(at);
    ranges.push(at, end);
    at = end;
  }
  return ranges;
}

function gpt2WordEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === APOSTROPHE) {
    const end = contractionEnd(text, at, false);
    if (end > at) return end;
  }
  const from = first === BLANK ? at + 1 : at;
  const kind = classAt(text, from);
  return kind === SPACE || kind === 0 ? spaceEnd(text, at) : runEnd(text, from, kind);
}

function cl100kWordEnd(text: string, at: number, digits: number): number {
  const first = text.charCodeAt(at);
  if (first === APOSTROPHE) {
    const end = contractionEnd(text, at, true);
    if (end > at) return end;
  }
  const kind = classAt(text, at);
  if (kind === LETTER) return runEnd(text, at, LETTER);
  if (kind === NUMBER) return runEnd(text, at, NUMBER, digits);
  const next = at + unitsAt(text, at);
  if (!isLineEnd(first) && classAt(text, next) === LETTER) return runEnd(text, next, LETTER);
  const from = first === BLANK ? next : at;
  if (classAt(text, from) === OTHER) {
    let end = runEnd(text, from, OTHER);
    while (isLineEnd(text.charCodeAt(end))) end++;
    return end;
  }
  return lastLineEnd(text, at) ?? spaceEnd(text, at);
}

function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
}

/** 0 at the end of the text. */
function classAt(text: string, at: number): number {
  const codePoint = text.codePointAt(at);
  return codePoint === undefined ? 0 : characterClass(codePoint) & KIND;
}

function runEnd(text: string, start: number, kind: number, most = Number.POSITIVE_INFINITY): number {
  let end = start;
  for (let count = 0; count < most && classAt(text, end) === kind; count++) end += unitsAt(text, end);
  return end;
}

function isLineEnd(unit: number): boolean {
  return unit === LINE_FEED || unit === CARRIAGE_RETURN;
}

/** White space without its last character where a word follows, because that character belongs to the word. */
function spaceEnd(text: string, start: number): number {
  const end = runEnd(text, start, SPACE);
  return end === text.length || end === start + 1 ? end : end - 1;
}

/** White space up to the last line end in it. */
function lastLineEnd(text: string, start: number): number | undefined {
  let end = runEnd(text, start, SPACE);
  while (end > start && !isLineEnd(text.charCodeAt(end - 1))) end--;
  return end > start ? end : undefined;
}

/** `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d`; `start` where there is none. */
function contractionEnd(text: string, start: number, anyCase: boolean): number {
  const letter = (at: number): string => {
    const character = text.charAt(at);
    if (!anyCase) return character;
    // The long s is an s in another case.
    return character === "\u017f" ? "s" : character.toLowerCase();
  };
  const first = letter(start + 1);
  if (first === "s" || first === "t" || first === "m" || first === "d") return start + 2;
  const both = first + letter(start + 2);
  return both === "re" || both === "ve" || both === "ll" ? start + 3 : start;
}
