import { withDifference } from "./difference";
import { predictorOf } from "./predictor";

/** The digits of a text. No kind of string literal escapes them. */
export const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The ends of an interval have five digits. The first leaves it once both ends have it in common. */
const DIGITS = 5;
const FIRST = 64 ** 4;

/** The bytes of a text. Its format is described in assembly/build/text.mjs. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  let place = 0;
  const append = (number: number) => 64 * number + Math.max(0, letters.indexOf(text[place++]!));
  const read = (digits: number) => Array.from({ length: digits }).reduce(append, 0);
  const bytes = new Uint8Array(read(DIGITS));
  const predictor = predictorOf(bytes.length);
  let [low, high, point] = [0, 64 * FIRST - 1, read(DIGITS)];
  for (let i = 0; i < 8 * bytes.length; i++) {
    const middle = low + Math.floor((high - low) * predictor.predict());
    const bit = Number(point <= middle);
    if (bit) high = middle;
    else low = middle + 1;
    for (; Math.floor(low / FIRST) === Math.floor(high / FIRST); point = append(point % FIRST)) {
      low = 64 * (low % FIRST);
      high = 64 * (high % FIRST) + 63;
    }
    predictor.learn(bit);
    bytes[i >> 3] = 2 * bytes[i >> 3]! + bit;
  }
  return bytes;
}

/** The bytes of a binary, changed by one difference after the other. */
export const changed = (binary: string, differences: readonly string[]): Uint8Array<ArrayBuffer> =>
  differences.reduce((from, text) => withDifference(from, bytesOf(text)), bytesOf(binary));
