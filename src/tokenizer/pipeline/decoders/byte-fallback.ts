import { strictTextOfUtf8 } from "../../text";
import type { Decoder } from "./decoder";

const BYTE_TOKEN = /^<0x([0-9a-fA-F]{2})>$/;

/** Joins runs of byte tokens (`<0xE2>`) into text. A run of invalid UTF-8 becomes one U+FFFD for each byte. */
export const byteFallbackDecoder: Decoder = {
  decode(tokens) {
    const result: string[] = [];
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length === 0) return;
      const text = strictTextOfUtf8(Uint8Array.from(bytes));
      if (text === undefined) for (const _ of bytes) result.push("\ufffd");
      else result.push(text);
      bytes = [];
    };
    for (const token of tokens) {
      const byte = BYTE_TOKEN.exec(token)?.[1];
      if (byte === undefined) {
        flush();
        result.push(token);
      } else {
        bytes.push(Number.parseInt(byte, 16));
      }
    }
    flush();
    return result;
  },

  unsettled(tokens) {
    let count = 0;
    while (count < tokens.length && BYTE_TOKEN.test(tokens[tokens.length - 1 - count] as string)) count++;
    return count;
  },
};
