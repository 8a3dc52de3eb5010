import { readFileSync } from "node:fs";

const MEGABYTE = 1_000_000;

/** One million characters of English. */
export function english(data) {
  return readFileSync(new URL("corpora/tinyshakespeare.txt", data), "utf8").slice(0, MEGABYTE);
}

/** The first and last letter of alphabets, and a typical word length. */
const SCRIPTS = [
  [0x61, 0x7a, 6],
  [0xe0, 0xff, 6],
  [0x430, 0x44f, 7],
  [0x3b1, 0x3c9, 7],
  [0x621, 0x64a, 5],
  [0x905, 0x939, 5],
  [0xe01, 0xe2e, 12],
  [0x4e00, 0x5fff, 8],
  [0x3041, 0x3093, 9],
  [0xac00, 0xcfff, 4],
  [0x1f600, 0x1f64f, 2],
  [0x30, 0x39, 4],
];
const SEPARATORS = [" ", " ", " ", " ", ", ", ". ", "\n", "! ", " (", ") "];

/** Invented words in a dozen scripts, with realistic frequencies; one million code units if omitted. */
export function mixedScript(size = MEGABYTE, distinctWords = 20_000) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = (count) => Math.floor(random() * count);
  const words = Array.from({ length: distinctWords }, () => {
    const [first, last, usual] = SCRIPTS[pick(SCRIPTS.length)];
    const letters = Array.from({ length: 1 + pick(2 * usual) }, () => first + pick(last - first + 1));
    return String.fromCodePoint(...letters);
  });
  let text = "";
  while (text.length < size) {
    text += words[Math.floor(words.length ** random()) - 1] + SEPARATORS[pick(SEPARATORS.length)];
  }
  return text;
}
