import { bytesOfToken, textOfUtf8 } from "../../text";

import type { Decoder } from "./decoder";

/** Decodes text in GPT-2's byte alphabet. */
export const byteLevelDecoder: Decoder = {
  decode(tokens) {
    const parts = tokens.map(bytesOfToken);
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return [textOfUtf8(bytes)];
  },
};
