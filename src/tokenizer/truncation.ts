import { type EncodedPart, type EncodedTokens, noTokens, sliceTokens } from "./encoding";
import type { Fields } from "./fields";

export interface TruncationSettings {
  maxLength?: number | undefined;
  direction: "left" | "right";
  strategy: "longest_first" | "only_first" | "only_second";
  /** Tokens that neighbouring windows of the overflow share. */
  stride: number;
}

export const DEFAULT_TRUNCATION: TruncationSettings = { direction: "right", strategy: "longest_first", stride: 0 };

const STRATEGIES = { LongestFirst: "longest_first", OnlyFirst: "only_first", OnlySecond: "only_second" } as const;

/** Reads the `truncation` of a tokenizer.json. */
export function readTruncation(fields: Fields): TruncationSettings {
  const strategy = fields.oneOf("strategy", ["LongestFirst", "OnlyFirst", "OnlySecond"], "LongestFirst");
  return {
    maxLength: fields.count("max_length"),
    direction: fields.oneOf("direction", ["Left", "Right"], "Right") === "Left" ? "left" : "right",
    strategy: STRATEGIES[strategy],
    stride: fields.count("stride", 0),
  };
}

/**
 * Cuts one or two token sequences to `maxLength` tokens together.
 *
 * @throws RangeError if the strategy may not cut enough, or the stride is not below the length of a window.
 */
export function truncate(
  sequences: readonly EncodedPart[],
  maxLength: number,
  settings: TruncationSettings,
): EncodedPart[] {
  const lengths = sequences.map(({ tokens }) => tokens.ids.length);
  const targets = targetLengths(lengths, maxLength, settings.strategy);
  return sequences.map((part, index) => windows(part, targets[index] as number, settings));
}

function targetLengths(lengths: number[], maxLength: number, strategy: TruncationSettings["strategy"]): number[] {
  const [first = 0, second] = lengths;
  const excess = first + (second ?? 0) - maxLength;
  if (excess <= 0) return lengths;
  if (maxLength === 0) return lengths.map(() => 0);
  if (strategy === "longest_first") {
    if (second === undefined) return [maxLength];
    const half = Math.floor(maxLength / 2);
    const shorter = Math.min(first, second, half);
    return first <= second ? [shorter, maxLength - shorter] : [maxLength - shorter, shorter];
  }
  const target = strategy === "only_first" ? 0 : 1;
  const length = lengths[target] ?? 0;
  if (length <= excess) {
    throw new RangeError(
      `truncation: strategy ${strategy} cannot cut ${excess} tokens from ${length}; use longest_first or a larger maxLength`,
    );
  }
  return lengths.map((current, index) => (index === target ? current - excess : current));
}

function windows(part: EncodedPart, length: number, settings: TruncationSettings): EncodedPart {
  const { text, tokens } = part;
  const count = tokens.ids.length;
  if (count <= length) return part;
  if (length === 0) return { text, tokens: noTokens(), overflow: [tokens] };
  const step = length - settings.stride;
  if (step <= 0) {
    throw new RangeError(`truncation: stride ${settings.stride} must be below the ${length} tokens that a window has`);
  }
  const parts: EncodedTokens[] = [];
  for (let done = 0; ; done += step) {
    if (settings.direction === "right") parts.push(sliceTokens(tokens, done, done + length));
    else parts.push(sliceTokens(tokens, Math.max(0, count - done - length), count - done));
    if (done + length >= count) break;
  }
  return { text, tokens: parts[0] as EncodedTokens, overflow: parts.slice(1) };
}
