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

export interface TrainBpeOptions extends MergeTrainingOptions {
  /**
   * Whether tokens are made of UTF-8 bytes (GPT-2's way, so that nothing is unknown) or of characters, with words that
   * begin with `▁` (SentencePiece's way). True if left out.
   */
  byteLevel?: boolean | undefined;
  /** With bytes: whether a text that begins without a space gets one. False if left out. */
  addPrefixSpace?: boolean | undefined;
  /** Without bytes: stands for characters that the texts do not have; `<unk>` if left out. */
  unknownToken?: string | undefined;
  /** Without bytes: begins every token that continues a word; words are then split at spaces and punctuation. */
  continuingSubwordPrefix?: string | undefined;
  /** Without bytes: ends every token that ends a word, such as `</w>`; words are then split likewise. */
  endOfWordSuffix?: string | undefined;
  /** Joined tokens have fewer characters than this (Hugging Face's `max_token_length`). Any number if left out. */
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
 * Learns a byte pair encoding: the most frequent pair of neighbouring tokens becomes a token, again and again (of
 * pairs as frequent, the one with the lower ids). Vocabulary and merges equal those of Hugging Face's `BpeTrainer`;
 * only tokens with a prefix or a suffix are numbered as the texts first have them, where the reference's order changes
 * from run to run.
 *
 * @throws TypeError if the texts are not strings.
 * @throws RangeError if `vocabSize` has no room for the special tokens and the 256 bytes, or an option is given
 * that does nothing with, or without, bytes.
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
  const contents = byteLevel ? `${special.length} special tokens and 256 bytes` : `${special.length} special tokens`;
  checkRoom("trainBpe", options.vocabSize, special.length + (byteLevel ? BYTE_CHARACTERS.length : 0), contents);
  const ofOthers = byteLevel
    ? (["continuingSubwordPrefix", "endOfWordSuffix", "unknownToken"] as const)
    : (["addPrefixSpace"] as const);
  for (const name of ofOthers) {
    if (options[name])
      throw new RangeError(
        `trainBpe: ${name} does nothing with byteLevel ${byteLevel}; leave it out or add byteLevel: ${!byteLevel}`,
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
