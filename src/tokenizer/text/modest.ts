import { problem } from "./problem";

/** No published file makes a text more than 18 times as long. */
const MOST_TIMES = 64;
const ALWAYS = 65_536;

/**
 * Steps of a file that make texts longer may follow one another, each many times as long as the one before.
 *
 * @param at the part of the file that did it
 * @throws FormatError if a text became much longer than it was
 */
export function expectModest(length: number, before: number, at: string): void {
  if (length > MOST_TIMES * before + ALWAYS)
    throw problem(at, `${length} characters made of ${before}`, `at most ${MOST_TIMES} times as many, and ${ALWAYS}`);
}
