import { split, word } from "./words.js";

/** A tokenizer.json and a tokenizer_config.json for a model of a kind, with a vocabulary of invented words. */
export const tokenizerFiles = (kind, vocabSize) => (kind === "bert" ? wordPiece(vocabSize) : byteLevel(vocabSize));

const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));

/** As BERT's: special tokens at its places, letters, punctuation, then whole words. */
function wordPiece(vocabSize) {
  const special = ["[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const unused = Array.from({ length: 99 }, (_, i) => `[unused${i}]`);
  const start = ["[PAD]", ...unused, ...special, ...letters, ...letters.map((letter) => `##${letter}`), ...".,!?'-"];
  const tokens = [...start, ...Array.from({ length: vocabSize - start.length }, (_, i) => word(i))];
  const id = (token) => tokens.indexOf(token);
  const around = (...inside) => [
    { SpecialToken: { id: "[CLS]", type_id: 0 } },
    ...inside.flatMap((name, i) => [
      { Sequence: { id: name, type_id: i } },
      { SpecialToken: { id: "[SEP]", type_id: i } },
    ]),
  ];
  return {
    "tokenizer.json": {
      ...{ version: "1.0", truncation: null, padding: null },
      added_tokens: ["[PAD]", ...special].map((token) => added(token, id(token))),
      normalizer: {
        ...{ type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null },
        lowercase: true,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: {
        ...{ type: "TemplateProcessing", single: around("A"), pair: around("A", "B") },
        special_tokens: Object.fromEntries(
          ["[CLS]", "[SEP]"].map((token) => [token, { id: token, ids: [id(token)], tokens: [token] }]),
        ),
      },
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
      model: {
        ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
        vocab: vocabularyOf(tokens),
      },
    },
    "tokenizer_config.json": {
      ...{ tokenizer_class: "BertTokenizer", do_lower_case: true, model_max_length: 512 },
      ...{ unk_token: "[UNK]", cls_token: "[CLS]", sep_token: "[SEP]", pad_token: "[PAD]", mask_token: "[MASK]" },
    },
  };
}

/** As GPT-2's: bytes, then merges that make syllables, words of two, the same after a space, and longer ones. */
function byteLevel(vocabSize) {
  const end = "<|endoftext|>";
  const tokens = [end, ...byteLetters()];
  const merges = [];
  const merge = (left, right) => {
    if (tokens.length === vocabSize) return;
    merges.push([left, right]);
    tokens.push(left + right);
  };
  const [one, two] = [100, 100 + 100 ** 2];
  const numbers = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
  for (const number of numbers(0, one)) merge(...word(number));
  for (const number of numbers(one, two)) merge(...split(word(number)));
  for (const number of numbers(0, two)) merge("Ġ", word(number));
  for (let number = two; tokens.length < vocabSize; number++) merge(...split(word(number)));
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    "tokenizer.json": {
      ...{ version: "1.0", truncation: null, padding: null, added_tokens: [added(end, 0)] },
      ...{ normalizer: null, pre_tokenizer: bytes, post_processor: null, decoder: bytes },
      model: {
        ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
        ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab: vocabularyOf(tokens), merges },
      },
    },
    "tokenizer_config.json": {
      ...{ tokenizer_class: "PreTrainedTokenizerFast", bos_token: end, eos_token: end, unk_token: end },
    },
  };
}

/** The letters that stand for bytes. @see Radford et al. 2019, the code of GPT-2: bytes_to_unicode */
function byteLetters() {
  const shown = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(shown(byte) ? byte : next++));
}

const vocabularyOf = (tokens) => Object.fromEntries(tokens.map((token, id) => [token, id]));
const added = (content, id) => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
});
