import type { Decoder } from "./decoder";

/** Removes up to `start` signs from the beginning of every string and up to `stop` from its end. */
export function stripDecoder(sign: string, start: number, stop: number): Decoder {
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
