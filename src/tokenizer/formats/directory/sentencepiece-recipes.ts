import { FormatError } from "../../../errors";
import { describeJson, isCount } from "../../../fields";
import { NEVER_WRITTEN } from "../../pipeline";

import { base64 } from "../sentencepiece/json";
import { mergesOf } from "../sentencepiece/merges";
import { PIECE_TYPES, type SentencePieceFile } from "../sentencepiece/model-file";
import { SPACE_SIGN } from "../sentencepiece/normalizer";
import { addedToken } from "./configured-tokens";
import { flagOf } from "./flag";
import { type Recipe, robertaTemplate, templateOf } from "./recipe";

type Config = Record<string, unknown>;

const SPACES = { type: "Replace", pattern: { String: SPACE_SIGN }, content: " " };
const SIGNS = { type: "Replace", pattern: { String: " " }, content: SPACE_SIGN };
const BYTES = [SPACES, { type: "ByteFallback" }, { type: "Fuse" }];
/** T5's default number of sentinels. */
const EXTRA_IDS = 100;
export const MOST_EXTRA_IDS = 100_000;

/** Merges in the order of the pieces' scores, as in SentencePiece. */
function bpe(file: SentencePieceFile, unk_token: string | null, byte_fallback: boolean): Record<string, unknown> {
  const ids = idsOf(file.pieces.map(({ piece }) => piece));
  return {
    type: "BPE",
    dropout: null,
    unk_token,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback,
    ignore_merges: false,
    vocab: Object.assign(Object.create(null), Object.fromEntries(ids)),
    merges: mergesOf(file.pieces, ids),
  };
}

export function idsOf(tokens: readonly string[]): Map<string, number> {
  return new Map(tokens.map((token, id) => [token, id]));
}

export function ownTokens(file: SentencePieceFile): Recipe["own"] {
  return file.pieces
    .filter(({ type }) => type === PIECE_TYPES.control || type === PIECE_TYPES.userDefined)
    .map(({ piece, type }) => addedToken(piece, type === PIECE_TYPES.control));
}

export function precompiled(file: SentencePieceFile): object | undefined {
  return file.charsmap.length === 0 ? undefined : { type: "Precompiled", precompiled_charsmap: base64(file.charsmap) };
}

/** The equivalent of a file's own normalization, for families that add nothing. */
export function sentencePieceNormalizers(file: SentencePieceFile): object[] {
  const end = { type: "Strip", strip_left: false, strip_right: true };
  const charsmap = precompiled(file);
  const spaces = { type: "Replace", pattern: { Regex: " {2,}" }, content: SPACE_SIGN };
  return charsmap === undefined ? [end, spaces] : [charsmap, end, spaces];
}

/** Llama: no space before text that follows an added token, unless `legacy`; no spaces without `add_prefix_space`. */
export function llamaRecipe(file: SentencePieceFile, config: Config): Recipe {
  const prefix = flagOf(config, "add_prefix_space") ?? true;
  const prepend_scheme = !prefix ? "never" : flagOf(config, "legacy") === true ? "always" : "first";
  const model = bpe(file, null, true);
  const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
  return {
    model,
    ids: idsOf(file.pieces.map(({ piece }) => piece)),
    preTokenizer: { type: "Metaspace", replacement: SPACE_SIGN, prepend_scheme, split: false },
    decoder: { type: "Sequence", decoders: prefix ? [...BYTES, strip] : BYTES },
    defaults: { bos: "<s>", eos: "</s>", unk: "<unk>" },
    own: ownTokens(file),
  };
}

/** Gemma: spaces become signs, and no space is prepended to the text. */
export function gemmaRecipe(file: SentencePieceFile): Recipe {
  return {
    model: bpe(file, "<unk>", true),
    ids: idsOf(file.pieces.map(({ piece }) => piece)),
    normalizer: SIGNS,
    preTokenizer: { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false },
    decoder: { type: "Sequence", decoders: BYTES },
    defaults: { bos: "<bos>", eos: "<eos>", unk: "<unk>", pad: "<pad>", mask: "<mask>" },
    own: ownTokens(file),
  };
}

/** T5: sentinels follow the vocabulary, the last one first, and the end token follows every text. */
export function t5Recipe(file: SentencePieceFile, config: Config): Recipe {
  const extra = config.extra_ids ?? EXTRA_IDS;
  if (!isCount(extra) || extra > MOST_EXTRA_IDS) {
    const expected = `an integer from 0 to ${MOST_EXTRA_IDS}`;
    throw new FormatError({ file: "tokenizer_config.json", at: "extra_ids", found: describeJson(extra), expected });
  }
  const sentinels = Array.from({ length: extra }, (_, index) => `<extra_id_${extra - 1 - index}>`);
  const scored = [...file.pieces.map(({ piece, score }) => [piece, score]), ...sentinels.map((token) => [token, 0])];
  return {
    ...words(scored as [string, number][], 2, "always"),
    normalizer: precompiled(file),
    defaults: { eos: "</s>", unk: "<unk>", pad: "<pad>" },
    own: [...ownTokens(file), ...sentinels.map((token) => addedToken(token))],
    template: ({ eos = "</s>" }, idOf) => {
      const single: [string, number][] = [
        ["A", 0],
        [eos, 0],
      ];
      return templateOf(single, [...single, ["B", 0], [eos, 0]], idOf);
    },
  };
}

/** XLM-RoBERTa: four ids of its own replace SentencePiece's first three, and the mask is the last. */
export function xlmRobertaRecipe(file: SentencePieceFile, config: Config): Recipe {
  const defaults = { bos: "<s>", eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>", mask: "<mask>" };
  const name = (role: keyof typeof defaults): string => {
    const entry = config[`${role}_token`];
    return typeof entry === "string" ? entry : defaults[role];
  };
  const first = ["bos", "pad", "eos", "unk"] as const;
  const scored: [string, number][] = [
    ...first.map((role): [string, number] => [name(role), 0]),
    ...file.pieces.slice(3).map(({ piece, score }): [string, number] => [piece, score]),
    [name("mask"), 0],
  ];
  return {
    ...words(scored, 3, (flagOf(config, "add_prefix_space") ?? true) ? "always" : "never"),
    normalizer: precompiled(file),
    defaults,
    own: ownTokens(file),
    template: robertaTemplate,
  };
}

/** A Unigram model of words, each beginning with the sign. */
export function words(vocab: [string, number][], unk_id: number, prepend_scheme: "always" | "never") {
  const metaspace = { type: "Metaspace", replacement: SPACE_SIGN, prepend_scheme, split: true };
  return {
    model: { type: "Unigram", unk_id, vocab, byte_fallback: false, [NEVER_WRITTEN]: true },
    ids: idsOf(vocab.map(([token]) => token)),
    preTokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] },
    decoder: metaspace,
  };
}

/** The model in the file, unchanged. */
export function plainModel(file: SentencePieceFile, byte_fallback: boolean): Record<string, unknown> {
  if (file.modelType === "bpe") return bpe(file, file.roles.unk, byte_fallback);
  const vocab = file.pieces.map(({ piece, score }) => [piece, score]);
  return { type: "Unigram", unk_id: file.unknownId, vocab, byte_fallback, [NEVER_WRITTEN]: true };
}

/** A file of an unnamed family: its own normalization, and spaces as signs. */
export function plainRecipe(file: SentencePieceFile): Recipe {
  const { unk } = file.roles;
  const charsmap = precompiled(file);
  const has = (name: string): string | undefined =>
    file.pieces.some(({ piece }) => piece === name) ? name : undefined;
  const { bos, eos } = file.roles;
  return {
    model: plainModel(file, file.byteFallback),
    ids: idsOf(file.pieces.map(({ piece }) => piece)),
    normalizer: { type: "Sequence", normalizers: charsmap === undefined ? [SIGNS] : [charsmap, SIGNS] },
    decoder: { type: "Sequence", decoders: file.byteFallback ? BYTES : [SPACES] },
    defaults: { unk, ...(has(bos) ? { bos } : {}), ...(has(eos) ? { eos } : {}) },
    own: ownTokens(file),
  };
}
