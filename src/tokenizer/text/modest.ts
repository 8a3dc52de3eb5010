import { problem } from "./problem";

/** No published file lengthens a text more than 18 times. */
const MOST_TIMES = 64;
const ALWAYS = 65_536;

/**
 * Limits how much the steps of a file may lengthen a text: several in sequence could multiply it.
 *
 * @param at the part of the file that produced the text
 * @throws FormatError if the text became much longer
 */
export function expectModest(length: number, before: number, at: string): void {
  if (length > MOST_TIMES * before + ALWAYS)
    throw problem(at, `${length} characters made of ${before}`, `at most ${MOST_TIMES} times as many, and ${ALWAYS}`);
}
