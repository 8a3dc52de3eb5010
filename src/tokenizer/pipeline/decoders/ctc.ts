import { cleanUp } from "./clean-up";
import type { Decoder } from "./decoder";

/**
 * Reads the output of connectionist temporal classification: equal neighbours are one, the blank separates those that
 * are two.
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

/** As `String.replaceAll`, with an empty search string found between characters and not inside them. */
function replaceAll(text: string, search: string, replacement: string): string {
  if (search !== "") return text.replaceAll(search, () => replacement);
  return `${replacement}${Array.from(text, (character) => character + replacement).join("")}`;
}
