import { byteFallbackDecoder, ctcDecoder } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The decoder `CTC`. */
export const ctc: TokenizerComponent = {
  type: "CTC",
  decoder: (fields) =>
    ctcDecoder(fields.string("pad_token"), fields.string("word_delimiter_token"), fields.boolean("cleanup")),
};

/** The decoder `ByteFallback`: tokens like `<0xE2>` become the bytes they represent. */
export const byteFallback: TokenizerComponent = { type: "ByteFallback", decoder: () => byteFallbackDecoder };

/** The decoder `Fuse`: joins all tokens. */
export const fuse: TokenizerComponent = {
  type: "Fuse",
  decoder: () => ({ decode: (tokens) => [tokens.join("")] }),
};

/** The decoder `BPEDecoder`: the end-of-word suffix becomes a space. */
export const bpeDecoder: TokenizerComponent = {
  type: "BPEDecoder",
  decoder(fields) {
    const suffix = fields.string("suffix");
    return {
      decode: (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? "" : " ")),
      // If the suffix also occurs inside the last token, that token changes when another follows.
      unsettled: (tokens) => {
        const last = tokens.at(-1) ?? "";
        const at = last.indexOf(suffix);
        return at >= 0 && at + suffix.length < last.length ? 1 : 0;
      },
    };
  },
};
