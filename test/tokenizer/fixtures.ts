import { readdirSync, readFileSync } from "node:fs";

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

const folder = new URL("../fixtures/tokenizer/", import.meta.url);
const filesIn = (name: string): readonly string[] =>
  readdirSync(new URL(name, folder)).map((file) => `${name}/${file.replace(/\.json$/, "")}`);

/** The fixtures of texts, and of ids to decode, each a list of {@link Fixture}. */
export const ENCODING_KINDS = filesIn("encoding");
export const DECODING_KINDS = filesIn("decoding");

/** A fixture by its path in the folder of tokenizers, such as `encoding/models`. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as T;
}
