import { WORD_PATTERNS } from "../tiktoken/patterns";
import { RankBpe } from "../tiktoken/rank-bpe";
import { readRanks } from "../tiktoken/ranks";
import type { Recipe } from "./recipe";

/** A ranks file, as published with Llama 3, split with its pattern. */
export function ranksRecipe(text: string, file: string, isLlama: boolean): Recipe {
  const ids = readRanks(text, file);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const pattern = { Regex: WORD_PATTERNS.llama3().json };
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
