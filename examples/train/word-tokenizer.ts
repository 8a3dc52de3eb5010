import { type Tokenizer, tokenizerFromJson } from "transformer-blocks/tokenizer";

export interface WordTokenizerOptions {
  /** The special tokens, with ids from 0. */
  special: readonly string[];
  words: readonly string[];
  lowercase: boolean;
  /** The tokens around a text, where `$A` is the text, as in a template of tokenizer.json. */
  single: readonly string[];
  config: Record<string, string>;
}

/** WordPiece with one token for each known word, and letters for all others. */
export function wordTokenizer({ special, words, lowercase, single, config }: WordTokenizerOptions): Tokenizer {
  const known = [...new Set(words.map((word) => (lowercase ? word.toLowerCase() : word)))];
  const letters = [...new Set(known.flatMap((word) => [...word]))].sort();
  const vocabulary = [...new Set([...special, ...known, ...letters, ...letters.map((letter) => `##${letter}`)])];
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const piece = (part: string) =>
    part.startsWith("$") ? { Sequence: { id: part.slice(1), type_id: 0 } } : { SpecialToken: { id: part, type_id: 0 } };
  const used = single.filter((part) => !part.startsWith("$"));
  return tokenizerFromJson(
    {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: special.map((content) => ({
        ...{ id: vocab[content], content, special: true, normalized: false },
        ...{ single_word: false, lstrip: false, rstrip: false },
      })),
      normalizer: {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: false,
        lowercase,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: {
        type: "TemplateProcessing",
        single: single.map(piece),
        pair: [...single.map(piece), { Sequence: { id: "B", type_id: 1 } }],
        special_tokens: Object.fromEntries(
          used.map((token) => [token, { id: token, ids: [vocab[token]], tokens: [token] }]),
        ),
      },
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
      model: {
        type: "WordPiece",
        unk_token: special[0],
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab,
      },
    },
    config,
  );
}
