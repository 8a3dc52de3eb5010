import { componentReader, type Reader } from "../component";
import { Fields } from "../fields";
import { Bpe } from "./bpe";
import type { Model } from "./model";
import { Unigram } from "./unigram";
import { WordLevel } from "./word-level";
import { WordPiece } from "./word-piece";

export { Bpe, type BpeSettings } from "./bpe";
export type { MergePair } from "./merges";
export type { Model, Pieces } from "./model";
export { type ScoredToken, Unigram } from "./unigram";
export { WordLevel } from "./word-level";

const readTyped = componentReader<Model>(
  "model",
  new Map<string, Reader<Model>>([
    ["BPE", (fields) => Bpe.read(fields)],
    ["WordPiece", (fields) => WordPiece.read(fields)],
    ["WordLevel", (fields) => WordLevel.read(fields)],
    ["Unigram", (fields) => Unigram.read(fields)],
  ]),
);

/** Reads the `model` of a tokenizer.json. Older files leave the type out: it follows from the other fields. */
export function readModel(fields: Fields): Model {
  return fields.get("type") === undefined ? readTyped(withType(fields)) : readTyped(fields);
}

function withType(fields: Fields): Fields {
  const has = (name: string): boolean => fields.get(name) !== undefined;
  const subword = has("continuing_subword_prefix") && has("max_input_chars_per_word");
  const type = has("merges")
    ? "BPE"
    : subword
      ? "WordPiece"
      : Array.isArray(fields.get("vocab"))
        ? "Unigram"
        : "WordLevel";
  return new Fields({ ...fields.value, type }, fields.at, fields.depth);
}
