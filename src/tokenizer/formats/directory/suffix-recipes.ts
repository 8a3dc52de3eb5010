import { bpeModel, END, inOrder, type MergeFiles, NFC, robertaProcessing } from "./byte-level-recipes";
import type { Names, Recipe } from "./recipe";
import { withSpaces } from "./with-spaces";

type Config = Readonly<Record<string, unknown>>;

/** GPT-1: BERT's words, whose last characters carry a suffix. */
export function openAiGptRecipe(files: MergeFiles, _config: Config, { unk = "<unk>" }: Names): Recipe {
  return {
    model: bpeModel(files, { unk_token: unk, end_of_word_suffix: "</w>" }),
    ids: files.ids,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    preTokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "BPEDecoder", suffix: "</w>" },
    defaults: { unk: "<unk>" },
    own: [],
  };
}

/** HerBERT, whose template has fixed ids. */
export function herbertRecipe(files: MergeFiles, config: Config, names: Names): Recipe {
  const recipe = openAiGptRecipe(files, config, names);
  return {
    ...recipe,
    normalizer: { ...recipe.normalizer, strip_accents: false, lowercase: false },
    defaults: { unk: "<unk>", sep: "</s>", pad: "<pad>", cls: "<s>", mask: "<mask>" },
    template: ({ sep = "</s>", cls = "<s>" }) => ({ type: "BertProcessing", sep: [sep, 2], cls: [cls, 0] }),
  };
}

/** CLIP. */
export function clipRecipe(files: MergeFiles, _config: Config, { unk = END }: Names): Recipe {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const Regex = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
  return {
    model: bpeModel(files, { unk_token: unk, end_of_word_suffix: "</w>" }),
    ids: files.ids,
    normalizer: {
      type: "Sequence",
      normalizers: [NFC, { type: "Replace", pattern: { Regex: "\\s+" }, content: " " }, { type: "Lowercase" }],
    },
    preTokenizer: inOrder({ type: "Split", pattern: { Regex }, behavior: "Removed", invert: true }, byteLevel),
    decoder: withSpaces({ ...byteLevel, add_prefix_space: true }, "</w>"),
    defaults: { bos: "<|startoftext|>", eos: END, unk: END, pad: END },
    own: [],
    template: ({ bos = "<|startoftext|>", eos = END }, idOf) =>
      robertaProcessing({ cls: bos, sep: eos }, idOf, false, false),
  };
}
