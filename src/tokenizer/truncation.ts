import { type EncodedPart, type EncodedTokens, noTokens, sliceTokens } from "./encoding";
import { type Fields, isCount } from "./fields";
import { readSide, type Side } from "./side";

const STRATEGIES = ["LongestFirst", "OnlyFirst", "OnlySecond"] as const;

interface TruncationSettings {
  maxLength?: number | undefined;
  direction: Side;
  strategy: (typeof STRATEGIES)[number];
  /** Tokens that neighbouring windows of the overflow share. */
  stride: number;
}

/** Cuts texts that are too long. */
export interface Truncation {
  /** The most tokens, where a call does not say. */
  readonly maxLength: number | undefined;
  cut(sequences: readonly EncodedPart[], maxLength: number): readonly EncodedPart[];
}

function truncationAs(settings: TruncationSettings): Truncation {
  return {
    maxLength: settings.maxLength,
    cut: (sequences, maxLength) => truncate(sequences, maxLength, settings),
  };
}

export const DEFAULT_TRUNCATION = /* @__PURE__ */ truncationAs({
  direction: "right",
  strategy: "LongestFirst",
  stride: 0,
});

/** Reads the `truncation` of a tokenizer.json; what it leaves open is as the configuration says. */
export function readTruncation(fields: Fields | undefined, config: Record<string, unknown>): Truncation {
  return truncationAs({
    maxLength: fields?.count("max_length") ?? modelMaxLength(config),
    direction: readSide(fields, config, "truncation_side"),
    strategy: fields?.oneOf("strategy", STRATEGIES, "LongestFirst") ?? "LongestFirst",
    stride: fields?.count("stride", 0) ?? 0,
  });
}

/** Configurations without a limit say 1e30. */
function modelMaxLength(config: Record<string, unknown>): number | undefined {
  const length = config.model_max_length;
  return isCount(length) && length > 0 ? length : undefined;
}

/**
 * Cuts one or two token sequences to `maxLength` tokens together. The sequences are whole, so that the windows reach the
 * end of the text. (tokenizers 0.23.1 and 0.23.2 stop tokenizing early, which loses windows; earlier versions do not.)
 *
 * @see https://github.com/huggingface/tokenizers/issues/2091
 * @throws RangeError if the strategy may not cut enough, or the stride is not below the length of a window.
 */
function truncate(sequences: readonly EncodedPart[], maxLength: number, settings: TruncationSettings): EncodedPart[] {
  const lengths = sequences.map(({ tokens }) => tokens.ids.length);
  const targets = targetLengths(lengths, maxLength, settings.strategy);
  return sequences.map((part, index) => windows(part, targets[index] as number, settings));
}

function targetLengths(lengths: number[], maxLength: number, strategy: TruncationSettings["strategy"]): number[] {
  const [first = 0, second] = lengths;
  const excess = first + (second ?? 0) - maxLength;
  if (excess <= 0) return lengths;
  if (maxLength === 0) return lengths.map(() => 0);
  if (strategy === "LongestFirst") {
    if (second === undefined) return [maxLength];
    const half = Math.floor(maxLength / 2);
    const shorter = Math.min(first, second, half);
    return first <= second ? [shorter, maxLength - shorter] : [maxLength - shorter, shorter];
  }
  const target = strategy === "OnlyFirst" ? 0 : 1;
  const length = lengths[target] ?? 0;
  if (length <= excess) {
    throw new RangeError(
      `truncation: strategy ${strategy} cannot cut ${excess} tokens from ${length}; use LongestFirst or a larger maxLength`,
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
