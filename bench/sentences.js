const VOCABULARY = 30_522;
const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const isolated = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

/** Sentences of 4 to 40 tokens with [CLS] and [SEP], each length about as often, the same for every contestant. */
export const sentences = (count) =>
  Array.from({ length: count }, (_, i) => {
    const words = Array.from({ length: wordsOf(i) }, (_, j) => `w${((i * 40 + j) * 7919) % 30_000}`);
    return words.join(" ");
  });

/** The number of all their tokens. */
export const tokensOf = (count) => Array.from({ length: count }, (_, i) => wordsOf(i) + 2).reduce((a, b) => a + b, 0);

const wordsOf = (i) => 2 + ((i * 7919) % 37);

/** A tokenizer.json like BERT's, in whose vocabulary each of these words is one token. */
export function tokenizerJson() {
  const words = Array.from({ length: VOCABULARY - special.length }, (_, i) => `w${i}`);
  const ends = Object.fromEntries(
    ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [special.indexOf(id)], tokens: [id] }]),
  );
  const token = (id) => ({ SpecialToken: { id, type_id: 0 } });
  const text = { Sequence: { id: "A", type_id: 0 } };
  const pair = [{ Sequence: { id: "B", type_id: 1 } }, { SpecialToken: { id: "[SEP]", type_id: 1 } }];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...isolated })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [token("[CLS]"), text, token("[SEP]")],
      pair: [token("[CLS]"), text, token("[SEP]"), ...pair],
      special_tokens: ends,
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
      vocab: Object.fromEntries([...special, ...words].map((word, id) => [word, id])),
    },
  };
}
