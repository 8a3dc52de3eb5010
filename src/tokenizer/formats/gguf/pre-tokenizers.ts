import { WORDS_OF_DEEPSEEK, WORDS_OF_GPT2, wordsOfCl100k, wordsOfO200k } from "../../text";

import { CASED_LETTERS } from "./cased-letters";

/** How a text is split into words for a byte-level BPE model. */
export interface GgufPreTokenizer {
  /** The `pre_tokenizer` of a tokenizer.json. */
  json: object;
  /** A word that is a token is not split. */
  ignoreMerges?: boolean;
  /** Whether the beginning-of-text token is added unless the file specifies otherwise. */
  addBos?: boolean;
}

const split = (Regex: string): object => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false });
const byteLevel = (use_regex: boolean): object => {
  return { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex };
};
const sequence = (...pretokenizers: object[]): GgufPreTokenizer => ({ json: { type: "Sequence", pretokenizers } });
/** Applies patterns in order: each splits what the previous ones left whole. */
const words = (...patterns: string[]): GgufPreTokenizer => sequence(...patterns.map(split), byteLevel(false));

/**
 * Pre-tokenizers by the name in `tokenizer.ggml.pre`. A function, so that bundles without GGUF tokenizers can drop it.
 *
 * @see llama.cpp's llama-vocab.cpp, which gave the names
 */
export function ggufPreTokenizers(): ReadonlyMap<string, GgufPreTokenizer> {
  const CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  const LEFT_OVER = "\\s+(?!\\S)|\\s+";
  const LETTERS = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
  const OTHERS = " ?[^\\s\\p{L}\\p{N}]+";
  const KANA_AND_HAN = "[\u3040-\u30ff\u4e00-\u9fa5]+";
  const WIDE = "[\u0800-\u9fa5\uac00-\ud7ff]+";
  const WIDE_PUNCTUATION = "\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002";
  const SENTENCE_PARTS = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+";

  const gpt2: GgufPreTokenizer = { json: byteLevel(true) };
  const digitsApart = sequence({ type: "Digits", individual_digits: true }, byteLevel(true));
  const llama3 = words(wordsOfCl100k("\\p{N}{1,3}"));
  const qwen2 = words(wordsOfCl100k("\\p{N}"));
  const deepseek3 = words("\\p{N}{1,3}", KANA_AND_HAN, WORDS_OF_DEEPSEEK);
  const bloom = words(SENTENCE_PARTS);
  const bailing = words(`'(?i:[sdmt]|ll|ve|re)|${LETTERS}|\\p{N}|${OTHERS}[\\r\\n]*|\\s*[\\r\\n]|${LEFT_OVER}`);
  const o200k = words(wordsOfO200k(`${CONTRACTION}?`, "\\p{N}{1,3}"));

  /** Each pre-tokenizer with all of its names. */
  const table: readonly (readonly [names: string, GgufPreTokenizer])[] = [
    ["default", words("[\\p{P}$+<=>^~|]+", WORDS_OF_GPT2, "\\p{N}+", "[0-9][0-9][0-9]")],
    [
      "gpt-2 phi-2 mpt olmo jais gigachat a.x-4.0 mellum modern-bert exaone4 trillion granite-docling roberta-bpe " +
        "jina-es jina-de jina-v1-en jina-v2-es jina-v2-de jina-v2-code",
      gpt2,
    ],
    ["starcoder refact command-r smollm codeshell exaone minerva-7b mellum2", digitsApart],
    [
      "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano",
      { ...llama3, ignoreMerges: true, addBos: true },
    ],
    ["dbrx smaug-bpe glm4 chatglm-bpe", llama3],
    ["qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 megrez hunyuan solar-open grok-2", qwen2],
    [
      "qwen35",
      words(
        `${CONTRACTION}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|${LEFT_OVER}`,
      ),
    ],
    ["deepseek-v3 hunyuan-dense joyai-llm hy_v4", deepseek3],
    [
      "deepseek-llm",
      words("[\\r\\n]", `\\s?[${CASED_LETTERS}]+`, `\\s?[!-/:-~${WIDE_PUNCTUATION}]+`, "\\s+$", WIDE, "\\p{N}+"),
    ],
    ["deepseek-coder", words("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", WIDE, "\\p{N}")],
    [
      "falcon",
      sequence(
        { type: "Punctuation", behavior: "Contiguous" },
        byteLevel(true),
        { type: "Digits", individual_digits: false },
        split("[0-9][0-9][0-9]"),
      ),
    ],
    ["gpt-4o llama4 kanana2 talkie minimax-m2", o200k],
    [
      "tekken",
      {
        ...words(wordsOfO200k("", "\\p{N}")),
        ignoreMerges: true,
        addBos: true,
      },
    ],
    ["bloom poro-chat gpt3-finnish", bloom],
    ["viking", words(SENTENCE_PARTS, "\\p{N}")],
    ["bailingmoe bailingmoe2 llada-moe", bailing],
    ["seed-coder", words(`${CONTRACTION}|${LETTERS}|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|${LEFT_OVER}`)],
    ["ufakzeka", words(`${LETTERS}|\\p{N}|${OTHERS}[\\r\\n]*|\\s*[\\r\\n]+|${LEFT_OVER}`)],
    ["laguna", words("\\n+", wordsOfCl100k("\\p{N}"))],
    [
      "exaone-moe",
      words(
        `${CONTRACTION}|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}|${OTHERS}[\\r\\n/]?|` +
          `\\s*[\\r\\n]|${LEFT_OVER}`,
      ),
    ],
    [
      "jais-2",
      words(
        `${CONTRACTION}|${LETTERS}|\\p{N}{1,3}|${OTHERS}[\\r\\n]*|\\s*[\\r\\n]+|` +
          `${[512, 256, 128, 64, 32, 16, 8, 4].map((count) => `\\s{${count}}(?!\\S)|`).join("")}\\s{1,2}(?!\\S)|\\s`,
      ),
    ],
    ["superbpe", words("\\p{N}+", "(?=(\\d{3})+(?!\\d))")],
    ["minicpm5", { ...words("\\p{N}{1,3}", wordsOfCl100k("\\p{N}+")), ignoreMerges: true }],
  ];
  return new Map(
    table.flatMap(([names, preTokenizer]) => names.split(" ").map((name) => [name, preTokenizer] as const)),
  );
}
