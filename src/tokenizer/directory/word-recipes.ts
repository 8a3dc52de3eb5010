import { readMergeLines, readVocabJson } from "../from-vocab-and-merges";
import { WORD_PATTERNS } from "../tiktoken/patterns";
import { RankBpe } from "../tiktoken/rank-bpe";
import { readRanks } from "../tiktoken/ranks";
import { flagOf, type Recipe, templateOf } from "./recipe";

type Config = Record<string, unknown>;

/** GPT-2: vocab.json and merges.txt. */
export function gpt2Recipe(vocab: string, merges: string, config: Config): Recipe {
  const ids = readVocabJson(vocab);
  const byteLevel = { type: "ByteLevel", trim_offsets: true, use_regex: true };
  const end = "<|endoftext|>";
  return {
    model: { type: "BPE", vocab: ids, merges: readMergeLines(merges) },
    ids: new Map(Object.entries(ids as Record<string, number>)),
    preTokenizer: { ...byteLevel, add_prefix_space: flagOf(config, "add_prefix_space") ?? false },
    decoder: { ...byteLevel, add_prefix_space: true },
    defaults: { bos: end, eos: end, unk: end },
    own: [],
  };
}

/** A file of ranks, which Llama 3 was published with: cut by its pattern. */
export function ranksRecipe(text: string, file: string, config: Config): Recipe {
  const ids = readRanks(text, file);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const pattern = { Regex: WORD_PATTERNS.llama3().json };
  const isLlama = /^LlamaTokenizer(Fast)?$/.test(String(config.tokenizer_class));
  return {
    model: new RankBpe(ids, new Map()).toJson(),
    ids,
    preTokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern, behavior: "Isolated", invert: false }, byteLevel],
    },
    decoder: byteLevel,
    defaults: isLlama ? { bos: "<s>", eos: "</s>", unk: "<unk>" } : {},
    own: [],
  };
}

/** The ids of a vocab.txt: a token on every line, the first with id 0. */
export function idsOfLines(text: string): Map<string, number> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return new Map(lines.map((line, id) => [line.trimEnd(), id]));
}

/** BERT, by the ids of its tokens. */
export function bertRecipe(ids: ReadonlyMap<string, number>, config: Config): Recipe {
  const unk = typeof config.unk_token === "string" ? config.unk_token : "[UNK]";
  return {
    model: {
      type: "WordPiece",
      unk_token: unk,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.assign(Object.create(null), Object.fromEntries(ids)),
    },
    ids,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: flagOf(config, "tokenize_chinese_chars") ?? true,
      strip_accents: flagOf(config, "strip_accents") ?? null,
      lowercase: flagOf(config, "do_lower_case") ?? true,
    },
    preTokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    defaults: { unk: "[UNK]", sep: "[SEP]", pad: "[PAD]", cls: "[CLS]", mask: "[MASK]" },
    own: [],
    template: ({ cls = "[CLS]", sep = "[SEP]" }, idOf) => {
      const single: [string, number][] = [
        [cls, 0],
        ["A", 0],
        [sep, 0],
      ];
      return templateOf(single, [...single, ["B", 1], [sep, 1]], idOf);
    },
  };
}
