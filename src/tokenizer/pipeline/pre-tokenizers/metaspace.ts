import type { Fields } from "../../../fields";
import { codePointCount, literalPattern, problem, replaceMatches, splitRanges } from "../../text";

import type { PreTokenizer } from "./pre-tokenizer";

export interface MetaspaceSettings {
  replacement: string;
  prependScheme: "first" | "never" | "always";
  split: boolean;
}

/** SentencePiece's handling of spaces: each becomes a visible sign, and words begin with it. */
export function metaspace({ replacement, prependScheme, split }: MetaspaceSettings): PreTokenizer {
  const space = literalPattern(" ");
  const sign = literalPattern(replacement);
  return {
    prepare(text) {
      const signed = replaceMatches(text, space, replacement);
      const prepends = prependScheme === "always" || (prependScheme === "first" && text.start === 0);
      return prepends && !signed.text.startsWith(replacement) ? signed.prepend(replacement) : signed;
    },
    ranges: split ? (text) => splitRanges(text, sign, "MergedWithNext") : undefined,
    startMatters: prependScheme === "first",
  };
}

/** Reads the settings shared by the pre-tokenizer and the decoder, in the current and the older spelling. */
export function readMetaspace(fields: Fields): MetaspaceSettings {
  const replacement = fields.string("replacement");
  if (codePointCount(replacement) !== 1) throw fields.error("replacement", "one character");
  const scheme = fields.oneOf("prepend_scheme", ["first", "never", "always"], "always");
  const addsPrefix = fields.get("add_prefix_space") == null ? true : fields.boolean("add_prefix_space");
  if (!addsPrefix && scheme !== "never" && fields.get("prepend_scheme") !== undefined) {
    throw problem(fields.path("prepend_scheme"), `"${scheme}" with add_prefix_space false`, '"never"');
  }
  return {
    replacement,
    prependScheme: addsPrefix ? scheme : "never",
    split: fields.get("split") == null ? true : fields.boolean("split"),
  };
}
