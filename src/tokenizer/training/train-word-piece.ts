import { type Checks, checkOptions, expectBoolean, expectString } from "../../checks";
import { tokenizerFromJson } from "../json";
import type { Tokenizer } from "../pipeline";
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

/** Options of `trainWordPiece`. */
export interface TrainWordPieceOptions extends MergeTrainingOptions {
  /** The token for words that cannot be split, the first token unless also special; `[UNK]` if omitted. */
  unknownToken?: string | undefined;
  /** Prefix of every token that continues a word; `##` if omitted. */
  continuingSubwordPrefix?: string | undefined;
  /** Whether to lower-case texts and remove accents, as for BERT's uncased models. True if omitted. */
  lowercase?: boolean | undefined;
}

const checks = (): Checks<TrainWordPieceOptions> => ({
  ...mergeTrainingChecks(),
  unknownToken: expectToken,
  continuingSubwordPrefix: expectString,
  lowercase: expectBoolean,
});

/**
 * Learns a WordPiece vocabulary like Hugging Face's `WordPieceTrainer`: byte pair encoding over words whose characters
 * after the first carry `##`; the merges are then discarded, and encoding uses the longest matching token.
 * Texts are normalized and split as in BERT. Tokens with a prefix are numbered in order of first occurrence, where the
 * reference's order varies from run to run.
 *
 * @throws TypeError if the texts are not strings.
 * @throws RangeError if `vocabSize` has no room for the special tokens.
 * @see https://arxiv.org/abs/1609.08144, section 4.1
 * @example
 * ```ts
 * import { trainWordPiece } from "transformer-blocks/tokenizer";
 * const tokenizer = trainWordPiece(["low lower lowest"], { vocabSize: 16 });
 * tokenizer.encode("Lower").tokens; // ["low", "##e", "##r"]
 * ```
 */
export function trainWordPiece(texts: Iterable<string>, options: TrainWordPieceOptions): Tokenizer {
  checkOptions<TrainWordPieceOptions>("trainWordPiece", options, checks(), ["vocabSize"]);
  const { unknownToken = "[UNK]", continuingSubwordPrefix: prefix = "##", lowercase = true } = options;
  const asked = options.specialTokens ?? [];
  const special = [...new Set(asked.includes(unknownToken) ? asked : [unknownToken, ...asked])];
  checkRoom("trainWordPiece", options.vocabSize, special.length);
  const components = {
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix, cleanup: true },
  };
  const { onProgress } = options;
  const alphabet = alphabetOf("trainWordPiece", options.initialAlphabet);
  const { tokens } = learnMerges(countWords("trainWordPiece", texts, components, onProgress), {
    special,
    alphabet,
    limitAlphabet: options.limitAlphabet,
    prefix,
    vocabSize: options.vocabSize,
    minFrequency: options.minFrequency ?? 0,
    onMerge: (count) => onProgress?.({ stage: "tokens", count }),
  });
  return tokenizerFromJson({
    added_tokens: special.map(addedTokenJson),
    ...components,
    model: {
      type: "WordPiece",
      unk_token: unknownToken,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: 100,
      vocab: Vocabulary.of(tokens).toJson(),
    },
  });
}
