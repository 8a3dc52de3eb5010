import { type DecoderModel, Parameter, type Pretrained, softmax, type Tensor } from "transformer-blocks";
import { logitLens } from "transformer-blocks/inspect";
import type { Tokenizer } from "transformer-blocks/tokenizer";
import { bar, line, percent, visible } from "./print";

/** Step 1: each token with its id and its position in the text. */
export function showTokens(tokenizer: Tokenizer, text: string): number[] {
  const { ids, offsets } = tokenizer.encode(text);
  ids.forEach((id, i) => {
    const [start, end] = offsets[i]!;
    line(`${visible(text.slice(start, end)).padEnd(14)} id ${String(id).padStart(4)}   characters ${start} to ${end}`);
  });
  return ids;
}

/** Step 2: the shape of the vectors, and the tokens with the most similar ones. */
export function showVectors({ model, tokenizer }: Pretrained<DecoderModel>, ids: readonly number[]): void {
  const table = model.find("embedding.weight", Parameter);
  line(`[${ids.length} tokens, ${table.shape[1]} numbers each]`);
  for (const id of new Set(ids)) {
    const near = nearest(table, id, 4).map((other) => word(tokenizer, other));
    line(`${word(tokenizer, id).padEnd(14)} is near ${near.join("  ")}`);
  }
}

/** Step 3: the head applied to the output of every block. */
export function showLayers({ model, tokenizer }: Pretrained<DecoderModel>, ids: number[]): void {
  for (const { layer, logits } of logitLens(model, [ids])) {
    const best = likeliest(logits, 3).map(({ id, share }) => `${word(tokenizer, id)} ${Math.round(100 * share)} %`);
    line(`layer ${layer + 1}   ${best.join("   ")}`);
  }
}

/** Step 4: the most likely next tokens as bars. */
export function showDistribution({ model, tokenizer }: Pretrained<DecoderModel>, ids: number[]): void {
  for (const { id, share } of likeliest(model.forward([ids]), 8))
    line(`${word(tokenizer, id).padEnd(14)} ${percent(share)} ${bar(share)}`);
}

const word = (tokenizer: Tokenizer, id: number): string => visible(tokenizer.decode([id], { skipSpecial: false }));

/** The most likely tokens after the last position of [1, seq, vocabSize]. */
function likeliest(logits: Tensor, count: number): { id: number; share: number }[] {
  const shares = softmax(logits).data.slice(-logits.shape.at(-1)!);
  const ids = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]!);
  return ids.slice(0, count).map((id) => ({ id, share: shares[id]! }));
}

/** The rows of a table with the highest cosine similarity to one of them. */
function nearest(table: Tensor, id: number, count: number): number[] {
  const [rows, size] = table.shape as [number, number];
  const row = (index: number) => table.data.subarray(index * size, (index + 1) * size);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const cosine = (other: number) =>
    dot(row(id), row(other)) / Math.sqrt(dot(row(id), row(id)) * dot(row(other), row(other)));
  const others = Array.from({ length: rows }, (_, index) => index).filter((index) => index !== id);
  return others.sort((a, b) => cosine(b) - cosine(a)).slice(0, count);
}
