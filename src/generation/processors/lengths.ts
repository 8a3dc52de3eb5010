import { checkOptions } from "../../checks";
import type { Processor } from "../processor";
import { count, type DecayOptions, decayChecks, type EndOptions, endChecks } from "./checks";
import { changed, float32, without } from "./scores";

/**
 * No end token before a row has this many tokens, the prompt included.
 *
 * @throws TypeError or RangeError unless it is a whole number of 0 or more
 * @see transformers' MinLengthLogitsProcessor
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.minLength(2, { endTokens: [1] })(Float32Array.of(4, 4), context); // Float32Array [4, -Infinity]
 * ```
 */
export function minLength(length: number, options: EndOptions): Processor {
  count("minLength", "length", length);
  const endTokens = endTokensOf("minLength", options);
  return (scores, { ids }) => (ids.length < length ? without(scores, endTokens) : scores);
}

/**
 * No end token before a row has this many new tokens.
 *
 * @throws TypeError or RangeError unless it is a whole number of 0 or more
 * @see transformers' MinNewTokensLengthLogitsProcessor
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0, 0], source: [0], step: 1, limit: 2, last: true, random: undefined, memory: new Map() };
 * processors.minNewTokens(2, { endTokens: [1] })(Float32Array.of(4, 4), context); // Float32Array [4, -Infinity]
 * ```
 */
export function minNewTokens(least: number, options: EndOptions): Processor {
  count("minNewTokens", "least", least);
  const endTokens = endTokensOf("minNewTokens", options);
  return (scores, { step }) => (step < least ? without(scores, endTokens) : scores);
}

function endTokensOf(where: string, options: EndOptions): readonly number[] {
  checkOptions(where, options, endChecks, ["endTokens"]);
  return [...(options.endTokens ?? [])];
}

/**
 * Makes end tokens more probable with each of n new tokens after `start`: s + |s| · (factorⁿ⁻ˢᵗᵃʳᵗ − 1).
 *
 * @throws TypeError or RangeError unless `start` is a whole number and `factor` a number above 0
 * @see transformers' ExponentialDecayLengthPenalty
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0, 0, 0], source: [0], step: 2, limit: 3, last: true, random: undefined, memory: new Map() };
 * const decay = processors.exponentialDecay({ start: 1, factor: 1.5, endTokens: [1] });
 * decay(Float32Array.of(4, -4), context); // Float32Array [4, -2]
 * ```
 */
export function exponentialDecay(options: DecayOptions & EndOptions): Processor {
  checkOptions("exponentialDecay", options, { ...decayChecks, ...endChecks }, ["start", "factor", "endTokens"]);
  const { start, factor } = options;
  const endTokens = [...(options.endTokens ?? [])];
  return (scores, { step }) => {
    if (step <= start) return scores;
    const growth = float32(factor ** (step - start) - 1);
    return changed(scores, endTokens, (score) => {
      if (!Number.isFinite(score)) return score;
      return score + float32(Math.abs(score) * growth);
    });
  };
}
