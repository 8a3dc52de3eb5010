import { type Fields, isCount } from "../../fields";
import { type EncodedPart, type EncodedTokens, noTokens, sliceTokens } from "./encoding";
import type { TruncationOptions } from "./options";
import { readSide, type Side } from "./side";

const STRATEGIES = { LongestFirst: "longestFirst", OnlyFirst: "onlyFirst", OnlySecond: "onlySecond" } as const;
const STRATEGY_NAMES = /* @__PURE__ */ Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[];

interface TruncationSettings {
  side: Side;
  strategy: (typeof STRATEGIES)[keyof typeof STRATEGIES];
  /** The overlap of neighbouring overflow windows, in tokens. */
  stride: number;
}

/** Truncates long texts. */
export interface Truncation {
  /** The default maximum number of tokens. */
  readonly maxLength: number | undefined;
  /** @param options the call's options, which override the files' settings */
  cut(sequences: readonly EncodedPart[], maxLength: number, options: TruncationOptions): readonly EncodedPart[];
}

function truncationAs(settings: TruncationSettings, maxLength?: number): Truncation {
  return {
    maxLength,
    cut(sequences, most, { side = settings.side, strategy = settings.strategy, stride = settings.stride }) {
      return truncate(sequences, most, { side, strategy, stride });
    },
  };
}

export const DEFAULT_TRUNCATION = /* @__PURE__ */ truncationAs({ side: "right", strategy: "longestFirst", stride: 0 });

/** Reads the `truncation` of a tokenizer.json; the configuration fills in missing settings. */
export function readTruncation(fields: Fields | undefined, config: Record<string, unknown>): Truncation {
  const settings: TruncationSettings = {
    side: readSide(fields, config, "truncation_side"),
    strategy: STRATEGIES[fields?.oneOf("strategy", STRATEGY_NAMES, "LongestFirst") ?? "LongestFirst"],
    stride: fields?.count("stride", { fallback: 0 }) ?? 0,
  };
  return truncationAs(settings, fields?.count("max_length") ?? modelMaxLength(config));
}

/** Configurations without a limit contain 1e30. */
function modelMaxLength(config: Record<string, unknown>): number | undefined {
  const length = config.model_max_length ?? config.max_len;
  if (isCount(length) && length > 0) return length;
  return typeof length === "number" && length > 0 ? Number.POSITIVE_INFINITY : undefined;
}

/**
 * Truncates one or two token sequences to `maxLength` tokens together. The sequences are complete, so that the windows
 * reach the end of the text. (tokenizers 0.23.1 and 0.23.2 stop early, which loses windows; earlier versions do not.)
 *
 * @see https://github.com/huggingface/tokenizers/issues/2091
 * @throws RangeError if the strategy cannot remove enough tokens, or the stride is not below the window length.
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
  if (strategy === "longestFirst") {
    if (second === undefined) return [maxLength];
    const half = Math.floor(maxLength / 2);
    const shorter = Math.min(first, second, half);
    return first <= second ? [shorter, maxLength - shorter] : [maxLength - shorter, shorter];
  }
  const target = strategy === "onlyFirst" ? 0 : 1;
  const length = lengths[target] ?? 0;
  if (length <= excess) {
    throw new RangeError(
      `truncation: strategy "${strategy}" cannot cut ${excess} tokens from ${length}; use "longestFirst" or a larger maxLength`,
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
    throw new RangeError(`truncation: stride ${settings.stride} must be below the window length of ${length} tokens`);
  }
  const parts: EncodedTokens[] = [];
  for (let done = 0; ; done += step) {
    if (settings.side === "right") parts.push(sliceTokens(tokens, done, done + length));
    else parts.push(sliceTokens(tokens, Math.max(0, count - done - length), count - done));
    if (done + length >= count) break;
  }
  return { text, tokens: parts[0] as EncodedTokens, overflow: parts.slice(1) };
}
