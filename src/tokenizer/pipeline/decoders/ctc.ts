import { cleanUp } from "./clean-up";
import type { Decoder } from "./decoder";

/**
 * Decodes the output of connectionist temporal classification: equal neighbours are merged unless a blank separates
 * them.
 *
 * @see https://www.cs.toronto.edu/~graves/icml_2006.pdf, section 3.1
 */
export function ctcDecoder(blank: string, wordDelimiter: string, cleanup: boolean): Decoder {
  const clean = (token: string): string => {
    const text = replaceAll(token, blank, "");
    return cleanup ? replaceAll(cleanUp(text), wordDelimiter, " ") : text;
  };
  return {
    decode: (tokens) =>
      tokens
        .filter((token, index) => token !== tokens[index - 1])
        .map(clean)
        .filter((token) => token !== ""),
  };
}

/** Like `String.replaceAll`, but an empty search string matches only between characters, not inside them. */
function replaceAll(text: string, search: string, replacement: string): string {
  if (search !== "") return text.replaceAll(search, () => replacement);
  return `${replacement}${Array.from(text, (character) => character + replacement).join("")}`;
}
