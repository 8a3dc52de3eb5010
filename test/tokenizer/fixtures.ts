import { readFileSync } from "node:fs";

/** A text, and what the reference implementation makes of it. */
export interface EncodingCase {
  text: string;
  pair?: string;
  addSpecial?: boolean;
  ids: number[];
  tokens?: string[];
  offsets: [number, number][];
  types?: number[];
  special?: number[];
  words?: (number | null)[];
  decoded?: string;
  decodedWithSpecial?: string;
  overflow?: number[][];
  overflowWords?: (number | null)[][];
  overflowTypes?: number[][];
}

export interface DecodingCase {
  ids: number[];
  decoded: string;
  decodedWithSpecial: string;
}

export interface Fixture<Case> {
  name: string;
  json: Record<string, unknown>;
  cases: Case[];
}

/** The fixtures of texts, and of ids to decode, each a list of {@link Fixture}. */
export const ENCODING_KINDS = [
  "normalizers",
  "pre-tokenizers",
  "models",
  "post-processors",
  "added-tokens",
  "sentencepiece",
  "components",
  "nasty",
  "patterns",
];
export const DECODING_KINDS = ["decoders", "components-decoders"];

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/tokenizer/${name}.json`, import.meta.url), "utf8")) as T;
}
