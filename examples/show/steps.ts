import { type DecoderModel, type Pretrained, softmax, type Tensor } from "transformer-blocks";
import { analogy, logitLens, nearest } from "transformer-blocks/inspect";
import type { Tokenizer } from "transformer-blocks/tokenizer";
import { bar, line, percent, visible } from "./print";
import type { WordVectors } from "./word-vectors";

/** Step 1: each token with its id and its position in the text. */
export function showTokens(tokenizer: Tokenizer, text: string): number[] {
  const { ids, offsets } = tokenizer.encode(text);
  ids.forEach((id, i) => {
    const [start, end] = offsets[i]!;
    line(`${visible(text.slice(start, end)).padEnd(14)} id ${String(id).padStart(4)}   characters ${start} to ${end}`);
  });
  return ids;
}

const wordsToShow = ["king", "Paris", "walked", "dog"];
const analogiesToShow = [
  ["king", "man", "woman"],
  ["Paris", "France", "Italy"],
  ["walked", "walk", "swim"],
  ["cats", "cat", "mouse"],
] as const;

/** Step 2: words with the most similar vectors, and what differences of vectors mean. */
export function showVectors(words: WordVectors): void {
  const [count, size] = words.vectors.shape;
  line(`[${count} words, ${size} numbers each]`);
  for (const word of wordsToShow) {
    const near = nearest(words, word, { top: 5 }).map((one) => one.word);
    line(`${word.padEnd(14)} is near ${near.join("  ")}`);
  }
  for (const [a, b, c] of analogiesToShow) {
    const [best] = analogy(words, a, b, c, { top: 1 });
    const sum = `${a} − ${b} + ${c}`;
    line(`${sum.padEnd(22)} is near ${best?.word}`);
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
