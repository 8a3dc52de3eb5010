import { cleanUp } from "./clean-up";
import type { Decoder } from "./decoder";

/** Joins words with spaces, and attaches parts that have the continuing prefix. */
export function wordPieceDecoder(prefix: string, cleanup: boolean): Decoder {
  const join = (token: string, index: number): string => {
    if (index === 0) return token;
    return token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
  };
  return {
    decode: (tokens) => tokens.map(join).map((token) => (cleanup ? cleanUp(token) : token)),
  };
}
