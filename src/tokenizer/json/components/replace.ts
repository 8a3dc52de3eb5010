import { stripDecoder, stripNormalizer } from "../../pipeline";
import { codePointCount, type Pattern, replaceMatches, shortString } from "../../text";

import type { TokenizerComponent } from "./component";
import { readPattern } from "./pattern";

/** `Replace` as normalizer and decoder. Regular expressions need {@link regex} as well. */
export const replace: TokenizerComponent = {
  type: "Replace",
  normalizer(fields, components) {
    const pattern = readPattern(fields, "pattern", components);
    const content = shortString(fields, "content");
    return { normalize: (text) => replaceMatches(text, pattern, content) };
  },
  decoder(fields, components) {
    const pattern = readPattern(fields, "pattern", components);
    const content = shortString(fields, "content");
    return { decode: (tokens) => tokens.map((token) => replaced(token, pattern, content)) };
  },
};

function replaced(token: string, pattern: Pattern, content: string): string {
  let result = "";
  let end = 0;
  const ranges = pattern(token);
  for (let i = 0; i < ranges.length; i += 2) {
    result += token.slice(end, ranges[i]) + content;
    end = ranges[i + 1] as number;
  }
  return result + token.slice(end);
}

/** `Strip` as normalizer (white space) and decoder (a sign). */
export const strip: TokenizerComponent = {
  type: "Strip",
  normalizer: (fields) => stripNormalizer(fields.boolean("strip_left"), fields.boolean("strip_right")),
  decoder(fields) {
    const sign = fields.string("content");
    if (codePointCount(sign) !== 1) throw fields.error("content", "one character");
    return stripDecoder(sign, fields.count("start"), fields.count("stop"));
  },
};
