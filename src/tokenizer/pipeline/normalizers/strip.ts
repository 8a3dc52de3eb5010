import { WHITE_SPACE } from "../../text";
import type { Normalizer } from "./normalizer";

/** Removes white space from the ends. */
export function stripNormalizer(left: boolean, right: boolean): Normalizer {
  return {
    normalize(text) {
      let from = 0;
      let to = text.length;
      while (left && from < to && isSpaceAt(text.text, from)) from++;
      while (right && from < to && isSpaceAt(text.text, to - 1)) to--;
      return text.slice(from, to);
    },
  };
}

function isSpaceAt(text: string, at: number): boolean {
  return WHITE_SPACE.test(text.charAt(at));
}
