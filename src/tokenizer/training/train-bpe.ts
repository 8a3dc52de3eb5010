import { type Checks, checkOptions, expectBoolean, expectString, wholeIn } from "../../checks";
import { tokenizerFromJson } from "../json";
import type { Tokenizer } from "../pipeline";
import { BYTE_CHARACTERS } from "../text";
import { Vocabulary } from "../vocabulary";

import { countWords } from "./count-words";
import { learnMerges } from "./learn-merges";
import {
  addedTokenJson,
  alphabetOf,
  checkRoom,
  expectToken,
  type MergeTrainingOptions,
  mergeTrainingChecks,
} from "./training-options";

/** Options of `trainBpe`. */
export interface TrainBpeOptions extends MergeTrainingOptions {
  /**
   * Whether tokens consist of UTF-8 bytes (as in GPT-2, so that nothing is unknown) or of characters, with words that
   * begin with `▁` (as in SentencePiece). True if omitted.
   */
  byteLevel?: boolean | undefined;
  /** With bytes: whether to prepend a space to a text that begins without one. False if omitted. */
  addPrefixSpace?: boolean | undefined;
  /** Without bytes: the token for characters that are not in the texts; `<unk>` if omitted. */
  unknownToken?: string | undefined;
  /** Without bytes: prefix of every token that continues a word; words are then split at spaces and punctuation. */
  continuingSubwordPrefix?: string | undefined;
  /** Without bytes: suffix of every token that ends a word, such as `</w>`; words are then split in the same way. */
  endOfWordSuffix?: string | undefined;
  /** Merged tokens have fewer characters than this (Hugging Face's `max_token_length`). Unlimited if omitted. */
  maxTokenLength?: number | undefined;
}

const checks = (): Checks<TrainBpeOptions> => ({
  ...mergeTrainingChecks(),
  byteLevel: expectBoolean,
  addPrefixSpace: expectBoolean,
  unknownToken: expectToken,
  continuingSubwordPrefix: expectString,
  endOfWordSuffix: expectString,
  maxTokenLength: wholeIn({ least: 0 }),
});

/**
 * Learns a byte pair encoding: repeatedly merges the most frequent pair of neighbouring tokens (if equal, the one with
 * the lower ids). Vocabulary and merges equal those of Hugging Face's `BpeTrainer`, except that tokens with a prefix or
 * suffix are numbered in order of first occurrence, where the reference's order varies from run to run.
 *
 * @throws TypeError if the texts are not strings.
 * @throws RangeError if `vocabSize` has no room for the special tokens and the 256 bytes, or an option has no effect
 *   with
 * the value of `byteLevel`.
 * @see https://arxiv.org/abs/1508.07909, algorithm 1
 * @example
 * ```ts
 * import { trainBpe } from "transformer-blocks/tokenizer";
 * const tokenizer = trainBpe(["low lower lowest"], { vocabSize: 260 });
 * tokenizer.encode("lower").tokens; // ["low", "e", "r"]
 * ```
 */
export function trainBpe(texts: Iterable<string>, options: TrainBpeOptions): Tokenizer {
  checkOptions<TrainBpeOptions>("trainBpe", options, checks(), ["vocabSize"]);
  const { byteLevel = true, unknownToken = "<unk>", onProgress } = options;
  const { continuingSubwordPrefix: prefix, endOfWordSuffix: suffix } = options;
  const special = [...new Set([...(byteLevel ? [] : [unknownToken]), ...(options.specialTokens ?? [])])];
  checkRoom("trainBpe", options.vocabSize, special.length, byteLevel ? BYTE_CHARACTERS.length : 0);
  const ofOthers = byteLevel
    ? (["continuingSubwordPrefix", "endOfWordSuffix", "unknownToken"] as const)
    : (["addPrefixSpace"] as const);
  for (const name of ofOthers) {
    if (options[name])
      throw new RangeError(
        `trainBpe: ${name} has no effect with byteLevel ${byteLevel}; omit it or add byteLevel: ${!byteLevel}`,
      );
  }
  const components = byteLevel
    ? byteComponents(options.addPrefixSpace ?? false)
    : prefix || suffix
      ? wordComponents(prefix, suffix)
      : characterComponents();
  const alphabet = [
    ...new Set([...(byteLevel ? BYTE_CHARACTERS : []), ...alphabetOf("trainBpe", options.initialAlphabet)]),
  ];
  const { tokens, merges } = learnMerges(countWords("trainBpe", texts, components, onProgress), {
    special,
    alphabet,
    limitAlphabet: options.limitAlphabet,
    prefix,
    suffix,
    vocabSize: options.vocabSize,
    minFrequency: options.minFrequency ?? 0,
    maxTokenLength: options.maxTokenLength,
    onMerge: (count) => onProgress?.({ stage: "tokens", count }),
  });
  const model = {
    type: "BPE",
    unk_token: byteLevel ? null : unknownToken,
    continuing_subword_prefix: prefix || null,
    end_of_word_suffix: suffix || null,
    vocab: Vocabulary.of(tokens).toJson(),
    merges,
  };
  return tokenizerFromJson({ added_tokens: special.map(addedTokenJson), ...components, model });
}

interface Components {
  pre_tokenizer: Record<string, unknown>;
  decoder: Record<string, unknown>;
}

function byteComponents(addPrefixSpace: boolean): Components {
  const component = { type: "ByteLevel", add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true };
  return { pre_tokenizer: component, decoder: component };
}

function characterComponents(): Components {
  const component = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  return { pre_tokenizer: component, decoder: component };
}

function wordComponents(prefix: string | undefined, suffix: string | undefined): Components {
  const ofSuffix = { type: "BPEDecoder", suffix };
  const withoutPrefix = { type: "Replace", pattern: { String: prefix }, content: "" };
  const decoder = prefix
    ? suffix
      ? { type: "Sequence", decoders: [withoutPrefix, ofSuffix] }
      : { type: "WordPiece", prefix, cleanup: true }
    : ofSuffix;
  return { pre_tokenizer: { type: "Whitespace" }, decoder };
}
