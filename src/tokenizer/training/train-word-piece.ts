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

export interface TrainWordPieceOptions extends MergeTrainingOptions {
  /** Stands for words that cannot be cut into tokens; `[UNK]` if left out. First of all tokens if not a special one. */
  unknownToken?: string | undefined;
  /** Begins every token that continues a word; `##` if left out. */
  continuingSubwordPrefix?: string | undefined;
  /** Whether texts are lower-cased and lose their accents, as BERT's uncased models want them. True if left out. */
  lowercase?: boolean | undefined;
}

const checks = (): Checks<TrainWordPieceOptions> => ({
  ...mergeTrainingChecks(),
  unknownToken: expectToken,
  continuingSubwordPrefix: expectString,
  lowercase: expectBoolean,
});

/**
 * Learns a WordPiece vocabulary as Hugging Face's `WordPieceTrainer` does: byte pair encoding over words whose
 * characters after the first carry `##`; the merges are then forgotten, and the longest token that fits is taken.
 * Texts are normalized and split as BERT's. Tokens with a prefix take ids as the texts first have them, where the
 * reference numbers them in an order that changes from run to run.
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
  checkRoom("trainWordPiece", options.vocabSize, special.length, `${special.length} special tokens`);
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
