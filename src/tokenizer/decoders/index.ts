import { bytesOfToken } from "../byte-alphabet";
import { componentReader, type Reader } from "../component";
import { type Pattern, readPattern } from "../patterns";
import { readMetaspace } from "../pre-tokenizers";
import { codePointCount, textOfUtf8 } from "../unicode";
import { byteFallbackDecoder } from "./byte-fallback";
import { ctcDecoder } from "./ctc";
import type { Decoder } from "./decoder";
import { wordPieceDecoder } from "./word-piece";

export type { Decoder } from "./decoder";
export { cleanUpLookahead, cleanUpText } from "./word-piece";

const byteLevelDecoder: Decoder = {
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

function sequence(steps: readonly Decoder[]): Decoder {
  return {
    decode: (tokens) => steps.reduce((current, step) => step.decode(current), [...tokens]),
    unsettled: (tokens) => {
      let current = [...tokens];
      let most = 0;
      for (const step of steps) {
        most = Math.max(most, step.unsettled?.(current) ?? 0);
        const next = step.decode(current);
        // Once tokens are joined, a count of strings no longer says how many tokens are meant.
        if (next.length !== current.length) break;
        current = next;
      }
      return most;
    },
  };
}

function metaspaceDecoder(replacement: string, dropsFirst: boolean): Decoder {
  return {
    decode: (tokens) =>
      tokens.map((token, index) => token.replaceAll(replacement, index === 0 && dropsFirst ? "" : " ")),
  };
}

function replaceDecoder(pattern: Pattern, content: string): Decoder {
  const replace = (token: string): string => {
    let result = "";
    let end = 0;
    const ranges = pattern(token);
    for (let i = 0; i < ranges.length; i += 2) {
      result += token.slice(end, ranges[i]) + content;
      end = ranges[i + 1] as number;
    }
    return result + token.slice(end);
  };
  return { decode: (tokens) => tokens.map(replace) };
}

/** Takes up to `start` signs off the beginning of every string and up to `stop` off its end. */
function stripDecoder(sign: string, start: number, stop: number): Decoder {
  const strip = (token: string): string => {
    const characters = [...token];
    let from = 0;
    let to = characters.length;
    while (from < start && characters[from] === sign) from++;
    while (to > from && characters.length - to < stop && characters[to - 1] === sign) to--;
    return characters.slice(from, to).join("");
  };
  return { decode: (tokens) => tokens.map(strip) };
}

/** Reads the `decoder` of a tokenizer.json. */
export const readDecoder = componentReader<Decoder>(
  "decoder",
  new Map<string, Reader<Decoder>>([
    ["Sequence", (fields, nested) => sequence(fields.objects("decoders").map(nested))],
    ["ByteLevel", () => byteLevelDecoder],
    ["WordPiece", (fields) => wordPieceDecoder(fields.string("prefix"), fields.boolean("cleanup"))],
    [
      "Metaspace",
      (fields) => {
        const { replacement, prependScheme } = readMetaspace(fields);
        return metaspaceDecoder(replacement, prependScheme !== "never");
      },
    ],
    ["Replace", (fields) => replaceDecoder(readPattern(fields, "pattern"), fields.string("content"))],
    [
      "CTC",
      (fields) =>
        ctcDecoder(fields.string("pad_token"), fields.string("word_delimiter_token"), fields.boolean("cleanup")),
    ],
    ["ByteFallback", () => byteFallbackDecoder],
    ["Fuse", () => ({ decode: (tokens) => [tokens.join("")] })],
    [
      "Strip",
      (fields) => {
        const sign = fields.string("content");
        if (codePointCount(sign) !== 1) throw fields.fail("content", "one character");
        return stripDecoder(sign, fields.count("start"), fields.count("stop"));
      },
    ],
    [
      "BPEDecoder",
      (fields) => {
        const suffix = fields.string("suffix");
        return {
          decode: (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? "" : " ")),
        };
      },
    ],
  ]),
);
