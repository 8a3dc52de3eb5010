import { checkOptions } from "../../checks";
import type { Processor } from "../processor";
import { biases as biasesCheck, type EndOptions, endChecks, words as wordsCheck } from "./checks";
import { changed, float32 } from "./scores";

/**
 * Adds a bias to the score of the last token of each sequence where the row ends with its other tokens. Of equal
 * sequences the last one counts.
 *
 * @throws TypeError or RangeError that names the entry that is not [tokens, bias]
 * @see transformers' SequenceBiasLogitsProcessor
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.sequenceBias([[[0, 1], 2], [[1, 2], 5]])(Float32Array.of(4, 4, 4), context); // Float32Array [4, 6, 4]
 * ```
 */
export function sequenceBias(biases: readonly (readonly [tokens: readonly number[], bias: number])[]): Processor {
  biasesCheck("sequenceBias", "biases", biases);
  return biased(biases);
}

/**
 * These sequences are never generated: the last token of each is excluded where the row ends with its other tokens. An
 * end token that stands alone is ignored, as in the reference; to keep a row from ending use `minNewTokens`.
 *
 * @throws TypeError or RangeError that names the entry that is not a list of tokens
 * @see transformers' NoBadWordsLogitsProcessor
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.badWords([[0, 1], [2]])(Float32Array.of(4, 4, 4), context); // Float32Array [4, -Infinity, -Infinity]
 * ```
 */
export function badWords(words: readonly (readonly number[])[], options: EndOptions = {}): Processor {
  wordsCheck("badWords", "words", words);
  checkOptions("badWords", options, endChecks);
  const bad = words.filter(([first, ...more]) => more.length > 0 || !options.endTokens?.includes(first!));
  return biased(bad.map((word) => [word, Number.NEGATIVE_INFINITY]));
}

function biased(biases: Parameters<typeof sequenceBias>[0]): Processor {
  const entries = inOrder(biases);
  return (scores, { ids }) => {
    const sums = new Map<number, number>();
    for (const { tokens, bias } of entries) {
      const start = ids.length - tokens.length + 1;
      const last = tokens.at(-1)!;
      if (start >= 0 && tokens.every((id, i) => id === ids[start + i] || i === tokens.length - 1))
        sums.set(last, float32((sums.get(last) ?? 0) + float32(bias)));
    }
    return changed(scores, sums.keys(), (score, id) => score + sums.get(id)!);
  };
}

/** Each sequence once: single tokens first, then grouped by length, as the float32 sums of the reference. */
function inOrder(biases: Parameters<typeof sequenceBias>[0]) {
  const unique = new Map(biases.map(([tokens, bias]) => [tokens.join(), { tokens: [...tokens], bias }]));
  const groups = new Map([[1, [] as { tokens: number[]; bias: number }[]]]);
  for (const entry of unique.values()) {
    const { length } = entry.tokens;
    groups.set(length, [...(groups.get(length) ?? []), entry]);
  }
  return [...groups.values()].flat();
}
