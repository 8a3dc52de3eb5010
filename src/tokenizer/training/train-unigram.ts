import { type Checks, checkOptions, numberIn, wholeIn } from "../../checks";
import { tokenizerFromJson } from "../json";
import { NEVER_WRITTEN, type ScoredToken, type Tokenizer } from "../pipeline";

import { countWords } from "./count-words";
import { learnPieces, lowestScore } from "./learn-pieces";
import {
  addedTokenJson,
  alphabetOf,
  checkRoom,
  expectToken,
  type TrainingOptions,
  trainingChecks,
} from "./training-options";

/** Options of `trainUnigram`. */
export interface TrainUnigramOptions extends TrainingOptions {
  /** The token for characters that are not in the texts, the first token unless also special; `<unk>` if omitted. */
  unknownToken?: string | undefined;
  /** The maximum number of characters of a token; 16 if omitted. */
  maxPieceLength?: number | undefined;
  /** The share of tokens that each round of pruning keeps, between 0 and 1; 0.75 if omitted. */
  shrinkingFactor?: number | undefined;
  /** The number of estimation steps before each round of pruning; 2 if omitted. */
  subIterations?: number | undefined;
  /** The maximum number of initial tokens; a million if omitted. */
  seedSize?: number | undefined;
}

const checks = (): Checks<TrainUnigramOptions> => ({
  ...trainingChecks(),
  unknownToken: expectToken,
  maxPieceLength: wholeIn({ least: 1 }),
  shrinkingFactor: numberIn({ above: 0, below: 1 }),
  subIterations: wholeIn({ least: 1, most: 1000 }),
  seedSize: wholeIn({ least: 1 }),
});

/** The score difference of characters that were pruned, which fixes their order. */
const RARE_STEP = 0.0001;

/**
 * Learns a Unigram model like Hugging Face's `UnigramTrainer`: starts from all strings that words share, and drops
 * those that matter least to the likelihood of the texts until `vocabSize` are left. Words begin with `▁` (as in
 * SentencePiece).
 *
 * Tokens and scores equal the reference's, scores up to rounding. The reference visits words in an order that varies
 * from run to run, which affects the score of a character too rare for one of its own, and the order of tokens with
 * equal scores. Here such characters get the lowest score of all, plus 0.0001 for each such character before, and ties
 * follow the order of the texts. Other differences: there are never more than `vocabSize` tokens, even if characters
 * and special tokens leave no room for others; and texts may contain `<UNK>`, which can stop the reference.
 *
 * @throws TypeError if the texts are not strings.
 * @throws RangeError if `vocabSize` has no room for the special tokens and all characters of the texts.
 * @see https://arxiv.org/abs/1804.10959, section 3.2
 * @example
 * ```ts
 * import { trainUnigram } from "transformer-blocks/tokenizer";
 * const tokenizer = trainUnigram(["low lower lowest", "slow slower"], { vocabSize: 11 });
 * tokenizer.encode("lower").tokens; // ["▁low", "e", "r"]
 * ```
 */
export function trainUnigram(texts: Iterable<string>, options: TrainUnigramOptions): Tokenizer {
  checkOptions<TrainUnigramOptions>("trainUnigram", options, checks(), ["vocabSize"]);
  const { unknownToken = "<unk>", shrinkingFactor = 0.75, onProgress } = options;
  const { maxPieceLength = 16, subIterations = 2, seedSize = 1_000_000 } = options;
  const asked = options.specialTokens ?? [];
  const special = [...new Set(asked.includes(unknownToken) ? asked : [unknownToken, ...asked])];
  checkRoom("trainUnigram", options.vocabSize, special.length);
  const component = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  const components = { pre_tokenizer: component, decoder: component };
  const alphabet = alphabetOf("trainUnigram", options.initialAlphabet);
  const words = countWords("trainUnigram", texts, components, onProgress);
  const required = new Set([...[...words.keys()].flatMap((word) => [...word]), ...alphabet]);
  checkRoom("trainUnigram", options.vocabSize, special.length, required.size, "characters");

  const pieces = learnPieces(words, {
    vocabSize: options.vocabSize,
    maxPieceLength,
    seedSize,
    shrinkingFactor,
    subIterations,
    onIteration: (count) => onProgress?.({ stage: "tokens", count }),
  });
  const vocab = [
    ...special.map((token): ScoredToken => [token, 0]),
    ...finalPieces(pieces, required, options.vocabSize - special.length),
  ];
  const model = {
    type: "Unigram",
    unk_id: special.indexOf(unknownToken),
    vocab,
    byte_fallback: false,
    [NEVER_WRITTEN]: true,
  };
  return tokenizerFromJson({ added_tokens: special.map(addedTokenJson), ...components, model });
}

/** All required characters, then the most probable other pieces that fit. */
function finalPieces(pieces: readonly ScoredToken[], required: ReadonlySet<string>, size: number): ScoredToken[] {
  const learned = pieces.slice(1);
  const scores = new Map(learned);
  const lowest = lowestScore(learned);
  let rare = 0;
  const final = [...required].map((character): ScoredToken => {
    const score = scores.get(character);
    return [character, score ?? (learned.length === 0 ? 0 : lowest) + RARE_STEP * rare++];
  });
  for (const [piece, score] of learned) {
    if (final.length === size) break;
    if (!required.has(piece)) final.push([piece, score]);
  }
  return final.sort(([, a], [, b]) => b - a);
}
