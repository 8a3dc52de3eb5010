import { letters } from "./binaries";
import { withDifference } from "./difference";

const single = letters.length - 2;

/** The bytes of a text. Its format is described in assembly/build/text.mjs. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let place = letters.indexOf(text[i]!);
    if (place >= single) place = (place - single + 1) * single + letters.indexOf(text[++i]!);
    bytes.push(place - 16);
  }
  return Uint8Array.from(bytes);
}

/** The bytes of a binary, changed by one difference after the other. */
export const changed = (binary: string, differences: readonly string[]): Uint8Array<ArrayBuffer> =>
  differences.reduce((from, text) => withDifference(from, bytesOf(text)), bytesOf(binary));
