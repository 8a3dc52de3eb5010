import { AlignedText } from "../aligned-text";
import { BYTE_CHARACTERS } from "../byte-alphabet";
import { Fields } from "../fields";
import { tokenizerFromJson } from "../from-json";
import type { PreTokenizer } from "../pre-tokenizers";
import { readPreTokenizer } from "../pre-tokenizers";
import type { Tokenizer } from "../tokenizer";
import { Vocabulary } from "../vocabulary";
import { learnMerges } from "./learn-merges";
import { addedTokenJson, checkTexts } from "./training-options";

export interface TrainBpeOptions {
  /** How many tokens there will be at most: special tokens, the alphabet, and one for each merge. */
  vocabSize: number;
  /** Tokens that take the first ids. */
  specialTokens?: readonly string[] | undefined;
  /** Pairs seen less often are not joined; 0 if left out. */
  minFrequency?: number | undefined;
  /**
   * Whether tokens are made of UTF-8 bytes (GPT-2's way, so that nothing is unknown) or of characters, with words that
   * begin with `▁` (SentencePiece's way). True if left out.
   */
  byteLevel?: boolean | undefined;
  /** With bytes: whether a text that begins without a space gets one. False if left out. */
  addPrefixSpace?: boolean | undefined;
  /** Without bytes: stands for characters that the texts do not have; `<unk>` if left out. */
  unknownToken?: string | undefined;
}

/**
 * Learns a byte pair encoding: the most frequent pair of neighbouring tokens becomes a token, again and again (of
 * pairs as frequent, the one with the lower ids). Vocabulary and merges equal those of Hugging Face's `BpeTrainer`.
 *
 * @throws TypeError if the texts are not strings.
 * @throws RangeError if `vocabSize` has no room for the special tokens and the 256 bytes.
 * @see https://arxiv.org/abs/1508.07909, algorithm 1
 * @example
 * ```ts
 * import { trainBpe } from "transformer-blocks/tokenizer";
 * const tokenizer = trainBpe(["low lower lowest"], { vocabSize: 260 });
 * tokenizer.encode("lower").tokens; // ["low", "e", "r"]
 * ```
 */
export function trainBpe(texts: Iterable<string>, options: TrainBpeOptions): Tokenizer {
  const { byteLevel = true, minFrequency = 0, unknownToken = "<unk>" } = options;
  const special = [...new Set([...(byteLevel ? [] : [unknownToken]), ...(options.specialTokens ?? [])])];
  checkCount("vocabSize", options.vocabSize);
  checkCount("minFrequency", minFrequency);
  const room = special.length + (byteLevel ? BYTE_CHARACTERS.length : 0);
  if (options.vocabSize < room) {
    const contents = byteLevel ? `${special.length} special tokens and 256 bytes` : `${special.length} special tokens`;
    throw new RangeError(`vocabSize ${options.vocabSize} has no room for ${contents}; give at least ${room}`);
  }
  const components = byteLevel ? byteComponents(options.addPrefixSpace ?? false) : characterComponents();
  const words = countWords(texts, readPreTokenizer(new Fields(components.pre_tokenizer, "pre_tokenizer")));
  const { tokens, merges } = learnMerges(words, {
    special,
    alphabet: byteLevel ? BYTE_CHARACTERS : [],
    vocabSize: options.vocabSize,
    minFrequency,
  });
  const unknown = byteLevel ? null : unknownToken;
  const model = { type: "BPE", unk_token: unknown, vocab: Vocabulary.of(tokens).toJson(), merges };
  return tokenizerFromJson({ added_tokens: special.map(addedTokenJson), ...components, model });
}

function byteComponents(addPrefixSpace: boolean): Record<string, unknown> {
  const component = { type: "ByteLevel", add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true };
  return { pre_tokenizer: component, decoder: component };
}

function characterComponents(): Record<string, unknown> {
  const component = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  return { pre_tokenizer: component, decoder: component };
}

function countWords(texts: Iterable<string>, preTokenizer: PreTokenizer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of checkTexts(texts)) {
    if (text === "") continue;
    for (const { text: word } of preTokenizer.split(AlignedText.of(text))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

function checkCount(name: string, value: number): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, not ${typeof value}`);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} must be a non-negative integer, not ${value}`);
  }
}
