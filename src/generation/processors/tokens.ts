import { checkOptions } from "../../checks";
import type { Processor } from "../processor";
import { beginChecks, token as tokenCheck, tokenOrTokens, tokens as tokensCheck } from "./checks";
import { processorOf } from "./processor-of";
import { only, without } from "./scores";

/**
 * These tokens are never generated.
 *
 * @throws TypeError or RangeError unless they are token ids
 * @see Radford et al. 2022, Whisper (arXiv 2212.04356), which suppresses tokens that are not speech
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.suppressTokens([1])(Float32Array.of(4, 4), context); // Float32Array [4, -Infinity]
 * ```
 */
export function suppressTokens(tokens: readonly number[]): Processor {
  tokensCheck("suppressTokens", "tokens", tokens);
  const suppressed = [...tokens];
  return processorOf("suppressTokens", [], (scores) => without(scores, suppressed));
}

/**
 * These tokens are not generated first.
 *
 * @param options afterForced: true if `forcedStartToken` chooses the first token of rows that begin with one token; they
 * are then excluded right after it
 * @throws TypeError or RangeError unless they are token ids
 * @see Radford et al. 2022, Whisper (arXiv 2212.04356)
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.beginSuppressTokens([1])(Float32Array.of(4, 4), context); // Float32Array [4, -Infinity]
 * ```
 */
export function beginSuppressTokens(
  tokens: readonly number[],
  options: { readonly afterForced?: boolean | undefined } = {},
): Processor {
  tokensCheck("beginSuppressTokens", "tokens", tokens);
  checkOptions("beginSuppressTokens", options, beginChecks);
  const suppressed = [...tokens];
  const { afterForced = false } = options;
  return processorOf("beginSuppressTokens", ["ids", "step"], (scores, { ids, step }) =>
    step === (afterForced && ids.length - step === 1 ? 1 : 0) ? without(scores, suppressed) : scores,
  );
}

/**
 * The second token of a row, such as the language of a translation. A row that begins with more than one token is not
 * changed.
 *
 * @throws TypeError or RangeError unless it is a token id
 * @see Liu et al. 2020, mBART (arXiv 2001.08210), section 2.2
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.forcedStartToken(1)(Float32Array.of(4, 4), context); // Float32Array [-Infinity, 0]
 * ```
 */
export function forcedStartToken(token: number): Processor {
  tokenCheck("forcedStartToken", "token", token);
  return processorOf("forcedStartToken", ["ids"], (scores, { ids }) =>
    ids.length === 1 ? only(scores, [token]) : scores,
  );
}

/**
 * The token, or one of the tokens, to end a row with when its length limit is reached.
 *
 * @throws TypeError or RangeError unless it is a token id or a list of them
 * @see transformers' ForcedEOSTokenLogitsProcessor
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.forcedEndToken(1)(Float32Array.of(4, 4), context); // Float32Array [-Infinity, 0]
 * ```
 */
export function forcedEndToken(token: number | readonly number[]): Processor {
  tokenOrTokens("forcedEndToken", "token", token);
  const tokens = [token].flat();
  return processorOf("forcedEndToken", ["last"], (scores, { last }) => (last ? only(scores, tokens) : scores));
}
