import type { GenerateOptions } from "./options";
import type { Processor } from "./processor";
import { temperature, topK, topP } from "./processors";
import {
  badWords,
  beginSuppressTokens,
  encoderNoRepeatNgram,
  forcedEndToken,
  forcedStartToken,
  noRepeatNgram,
  notBefore,
  repetitionPenalty,
  suppressTokens,
} from "./rules";
import { epsilonCutoff, etaCutoff, minP, typicalP } from "./samplers";

/** The score processors, in the order of the reference: rules first, then sampling filters. */
export function rulesOf(
  options: GenerateOptions,
  endTokens: ReadonlySet<number>,
  minLength: number,
): readonly Processor[] {
  const { minNewTokens: newTokens = 0, forcedStartToken: forced } = options;
  return [
    ...made(options.repetitionPenalty, repetitionPenalty),
    ...made(options.noRepeatNgram || undefined, noRepeatNgram),
    ...made(options.encoderNoRepeatNgram || undefined, encoderNoRepeatNgram),
    ...made(options.badWords, (words) => badWords(words, endTokens)),
    ...(newTokens > 0 || minLength > 0 ? [notBefore({ newTokens, length: minLength }, endTokens)] : []),
    ...made(forced, forcedStartToken),
    ...made(options.forcedEndToken, forcedEndToken),
    ...made(options.suppressTokens, suppressTokens),
    ...made(options.beginSuppressTokens, (tokens) => beginSuppressTokens(tokens, forced !== undefined)),
    ...(options.temperature ? samplersOf(options, options.temperature) : []),
  ];
}

const samplersOf = (options: GenerateOptions, t: number): Processor[] => [
  temperature(t),
  ...made(options.topK, topK),
  ...made(options.topP, topP),
  ...made(options.minP, minP),
  ...made(options.typicalP, typicalP),
  ...made(options.epsilonCutoff, epsilonCutoff),
  ...made(options.etaCutoff, etaCutoff),
];

/** The processor of an option, if it is given. */
const made = <Value>(value: Value | undefined, make: (value: Value) => Processor): Processor[] =>
  value === undefined ? [] : [make(value)];
