import { Embedding, type Module } from "../blocks";
import { expectModule } from "../blocks/internal";
import { describe, expectRecord, having, wrongKind } from "../checks";
import { embedding, ShapeError, Tensor } from "../tensor";

/** What is used of a `Tokenizer`. */
export interface WordTokenizer {
  readonly special: { readonly unk?: number | undefined };
  /** The ids of a text. */
  encode(text: string, options: { special: boolean }): { readonly ids: readonly number[] };
  /** The text of ids. */
  decode(ids: readonly number[]): string;
  /** The token of an id, if it exists. */
  idToToken(id: number): string | undefined;
}

/** A model with its tokenizer, as `fromPretrained` returns it, or a vector for each token, [words, dModel]. */
export type WordSource =
  | { readonly model: Module; readonly tokenizer: WordTokenizer }
  | { readonly vectors: Tensor; readonly tokenizer: WordTokenizer };

/** A word, and the cosine of its vector and the one that was asked for. */
export interface SimilarWord {
  word: string;
  /** The cosine of the angle between the vectors, −1 to 1. */
  similarity: number;
}

/** Rows of a table read at once: an embedding may be quantized, and all of it in float32 is large. */
const CHUNK = 4096;

/** The vectors of words. */
export class WordTable {
  readonly #where: string;
  readonly #vectors: Tensor;
  readonly #tokenizer: WordTokenizer;

  constructor(where: string, source: WordSource) {
    expectRecord(where, "source", source, "what fromPretrained returned, or { vectors, tokenizer }");
    const { model, vectors, tokenizer } = source as { model?: Module; vectors?: Tensor; tokenizer: WordTokenizer };
    having(["encode", "decode", "idToToken"], "a Tokenizer")(where, "source.tokenizer", tokenizer);
    this.#where = where;
    this.#tokenizer = tokenizer;
    this.#vectors = vectors === undefined ? tableOf(where, model) : expectTable(where, vectors);
  }

  /** The vector of a word, of length 1. */
  direction(word: string): number[] {
    const id = this.#idOf(word);
    const [rows] = this.#vectors.shape;
    if (id >= rows!)
      throw new RangeError(`${this.#where}: "${word}" is token ${id}, but there are vectors for ${rows} tokens`);
    const found = unit(Array.from(embedding([id], this.#vectors).data));
    if (found === undefined)
      throw new RangeError(`${this.#where}: the vector of "${word}" has no direction; it is zero or not finite`);
    return found;
  }

  /** The words most similar to a vector of length 1. */
  similar(direction: readonly number[], without: readonly string[], top = 10): SimilarWord[] {
    const similarities = this.#similarities(direction);
    const ids = Array.from(similarities.keys()).filter((id) => !Number.isNaN(similarities[id]));
    ids.sort((a, b) => similarities[b]! - similarities[a]!);
    const seen = new Set(["", ...without.map((word) => word.trim())]);
    const { unk } = this.#tokenizer.special;
    const found: SimilarWord[] = [];
    for (const id of ids) {
      if (found.length === top) break;
      // Ids may have gaps.
      if (id === unk || this.#tokenizer.idToToken(id) === undefined) continue;
      const word = this.#tokenizer.decode([id]).trim();
      if (!seen.has(word)) found.push({ word, similarity: similarities[id]! });
      seen.add(word);
    }
    return found;
  }

  /** The cosine with each token's vector; NaN for one without direction. */
  #similarities(direction: readonly number[]): Float64Array {
    const [count, size] = this.#vectors.shape as [number, number];
    const found = new Float64Array(count);
    for (let start = 0; start < count; start += CHUNK) {
      const length = Math.min(CHUNK, count - start);
      const { data } = embedding(
        Array.from({ length }, (_, i) => start + i),
        this.#vectors,
      );
      for (let i = 0; i < length; i++) found[start + i] = cosine(direction, data.subarray(i * size, (i + 1) * size));
    }
    return found;
  }

  #idOf(word: string): number {
    const { special } = this.#tokenizer;
    const encoded = [` ${word}`, word].map((text) => this.#tokenizer.encode(text, { special: false }).ids);
    const known = encoded.find((ids) => ids.length === 1 && ids[0] !== special.unk);
    if (known !== undefined) return known[0]!;
    const ids = encoded[1]!;
    if (ids.length > 1) {
      const tokens = ids.slice(0, 8).map((id) => JSON.stringify(this.#tokenizer.idToToken(id)));
      throw new RangeError(
        `${this.#where}: ${describe(word)} is ${ids.length} tokens, ${tokens.join(" ")}${ids.length > 8 ? " …" : ""}; give a word that is one token of the vocabulary`,
      );
    }
    throw new RangeError(`${this.#where}: ${describe(word)} is not in the vocabulary; upper and lower case may differ`);
  }
}

/** The cosine of a vector of length 1 with another. */
function cosine(direction: readonly number[], vector: Float32Array): number {
  let dot = 0;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    dot += direction[i]! * vector[i]!;
    squares += vector[i]! * vector[i]!;
  }
  return dot / Math.sqrt(squares);
}

/** The vector divided by its length; undefined if it has no direction. */
export function unit(vector: readonly number[]): number[] | undefined {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length > 0 && Number.isFinite(length) ? vector.map((x) => x / length) : undefined;
}

function expectTable(where: string, vectors: unknown): Tensor {
  if (!(vectors instanceof Tensor)) throw wrongKind(where, "source.vectors", "a Tensor [words, dModel]", vectors);
  if (vectors.rank !== 2)
    throw new ShapeError(`${where}: source.vectors is ${vectors.describe()} but must be [words, dModel]`);
  return vectors;
}

/** The token embedding of a model: the one that is called so, or else the largest. */
function tableOf(where: string, model: unknown): Tensor {
  if (model === undefined)
    throw new TypeError(
      `${where}: source has neither a model nor vectors; give what fromPretrained returned, or { vectors, tokenizer }`,
    );
  expectModule(where, "source.model", model);
  const tables = [...model.modules()].filter((entry): entry is [string, Embedding] => entry[1] instanceof Embedding);
  tables.sort(([, a], [, b]) => b.weight.shape[0]! - a.weight.shape[0]!);
  const [, found] = tables.find(([path]) => /(^|\.)embedding$/.test(path)) ?? tables[0] ?? [];
  if (found === undefined)
    throw new TypeError(
      `${where}: the model, ${describe(model)}, has no Embedding; give its vectors, { vectors, tokenizer }`,
    );
  return found.weight;
}
