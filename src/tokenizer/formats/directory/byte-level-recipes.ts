import { FormatError } from "../../../errors";
import { describeJson } from "../../../fields";
import { wordsOfCl100k } from "../../text";

import { addedToken } from "./configured-tokens";
import { flagOf } from "./flag";
import { type IdOf, type Names, type Place, type Recipe, templateOf } from "./recipe";

type Config = Readonly<Record<string, unknown>>;

/** The contents of vocab.json and merges.txt. */
export interface MergeFiles {
  ids: ReadonlyMap<string, number>;
  merges: string[][];
}

/** How a family of byte-level BPE tokenizers differs from the others. */
interface Family {
  names: Names;
  /** Whether a space is prepended to a text; used if the configuration does not specify it. */
  prefixSpace?: boolean;
  normalizer?: object;
  /** Wraps the byte-level pre-tokenizer. */
  preTokenizer?: (byteLevel: object) => object;
  template?: (config: Config) => Recipe["template"];
  maskTakesSpace?: boolean;
  /** The family's own special tokens, by their configuration fields. */
  own?: Readonly<Record<string, string>>;
}

export const END = "<|endoftext|>";
const GPT2: Names = { bos: END, eos: END, unk: END };
const QWEN: Names = { eos: END, unk: END, pad: END };
const ROBERTA: Names = { bos: "<s>", eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>", mask: "<mask>" };
export const NFC = { type: "NFC" };
const QWEN35_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

export const inOrder = (...pretokenizers: object[]): object => ({ type: "Sequence", pretokenizers });
const isolated = (Regex: string): object => ({
  type: "Split",
  pattern: { Regex },
  behavior: "Isolated",
  invert: false,
});
const splitBy = (pattern: string) => (byteLevel: object) =>
  inOrder(isolated(pattern), { ...byteLevel, use_regex: false });

/** `<s> A </s>`, `<s> A </s> </s> B </s>`, every type 0. */
export function robertaProcessing({ sep = "</s>", cls = "<s>" }: Names, idOf: IdOf, trim: boolean, prefix: boolean) {
  const named = (token: string): object => [token, idOf(token)];
  return { type: "RobertaProcessing", sep: named(sep), cls: named(cls), trim_offsets: trim, add_prefix_space: prefix };
}

const roberta =
  (prefixed: boolean) =>
  (config: Config): Recipe["template"] =>
  (names, idOf) =>
    robertaProcessing(
      names,
      idOf,
      flagOf(config, "trim_offsets") ?? true,
      flagOf(config, "add_prefix_space") ?? prefixed,
    );

function debertaTemplate({ cls = "[CLS]", sep = "[SEP]" }: Names, idOf: IdOf): object {
  const single: Place[] = [
    [cls, 0],
    ["A", 0],
    [sep, 0],
  ];
  return templateOf(single, [...single, [sep, 0], ["B", 0], [sep, 0]], idOf);
}

/** By class. A function, so that bundles without such directories can drop it. */
export const families = (): Readonly<Record<string, Family>> => ({
  GPT2: { names: GPT2 },
  CodeGen: { names: GPT2 },
  ...Object.fromEntries(
    ["Roberta", "Bart", "LED", "Longformer", "Mvp"].map((name) => [name, { names: ROBERTA, template: roberta(false) }]),
  ),
  LayoutLMv3: { names: ROBERTA, prefixSpace: true, template: roberta(true) },
  Luke: {
    names: ROBERTA,
    template: () => (names, idOf) => robertaProcessing(names, idOf, true, true),
    own: {
      entity_1_token: "<ent>",
      entity_2_token: "<ent2>",
      entity_unk_token: "[UNK]",
      entity_pad_token: "[PAD]",
      entity_mask_token: "[MASK]",
      entity_mask2_token: "[MASK2]",
    },
  },
  Blenderbot: { names: ROBERTA, prefixSpace: true, maskTakesSpace: true },
  Deberta: {
    names: { bos: "[CLS]", eos: "[SEP]", unk: "[UNK]", sep: "[SEP]", pad: "[PAD]", cls: "[CLS]", mask: "[MASK]" },
    template: () => debertaTemplate,
  },
  GPTNeoX: { names: { ...GPT2, pad: "<|padding|>" }, normalizer: NFC },
  Qwen2: { names: QWEN, normalizer: NFC, preTokenizer: splitBy(wordsOfCl100k("\\p{N}")) },
  Qwen3_5: { names: QWEN, normalizer: NFC, preTokenizer: splitBy(QWEN35_WORDS) },
  Cohere: {
    names: {
      bos: "<BOS_TOKEN>",
      eos: "<|END_OF_TURN_TOKEN|>",
      unk: "<UNK>",
      sep: "<SEP>",
      pad: "<PAD>",
      cls: "<CLS>",
      mask: "<MASK_TOKEN>",
    },
    normalizer: NFC,
    preTokenizer: (byteLevel) => inOrder({ type: "Digits", individual_digits: true }, byteLevel),
  },
});

export function bpeModel({ ids, merges }: MergeFiles, settings: object = {}): Recipe["model"] {
  return { type: "BPE", ...settings, vocab: Object.assign(Object.create(null), Object.fromEntries(ids)), merges };
}

export function byteLevelRecipe(files: MergeFiles, config: Config, family: Family): Recipe {
  const add_prefix_space = flagOf(config, "add_prefix_space") ?? family.prefixSpace ?? false;
  const byteLevel = { type: "ByteLevel", add_prefix_space, trim_offsets: true, use_regex: true };
  return {
    model: bpeModel(files),
    ids: files.ids,
    normalizer: family.normalizer,
    preTokenizer: family.preTokenizer?.(byteLevel) ?? byteLevel,
    decoder: { ...byteLevel, add_prefix_space: true },
    defaults: family.names,
    own: Object.entries(family.own ?? {}).map(([field, token]) => {
      const named = config[field] ?? token;
      if (typeof named === "string") return addedToken(named);
      throw new FormatError({
        file: "tokenizer_config.json",
        at: field,
        found: describeJson(named),
        expected: "a token",
      });
    }),
    maskTakesSpace: family.maskTakesSpace === true,
    template: family.template?.(config),
  };
}
