import { FormatError } from "../../../errors";
import { describeJson } from "../../../fields";
import { NEVER_WRITTEN } from "../../pipeline";

import type { SentencePieceFile } from "../sentencepiece/model-file";
import { addedToken } from "./configured-tokens";
import { encoder } from "./encoder-recipes";
import { type Names, type Place, type Recipe, robertaTemplate, templateOf } from "./recipe";
import { idsOf, sentencePieceNormalizers } from "./sentencepiece-recipes";

type Config = Record<string, unknown>;

/** fairseq's first four tokens, which replace SentencePiece's three. */
const FIRST = ["<s>", "<pad>", "</s>", "<unk>"];
const NAMES: Names = { bos: "<s>", eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>" };
const UNKNOWN_ID = 3;
const MADE_UP_WORDS = /* @__PURE__ */ Array.from({ length: 7 }, (_, index) => `<madeupword${index}>`);

/** The languages of mBART, and those that mBART-50 adds. */
const LANGUAGES =
  /* @__PURE__ */ "ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN".split(
    " ",
  );
const MORE_LANGUAGES =
  /* @__PURE__ */ "af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF pt_XX sv_SE sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI".split(
    " ",
  );

/** @param last tokens after SentencePiece's, each with score 0 */
function fairseq(file: SentencePieceFile, config: Config, last: readonly string[]): Omit<Recipe, "defaults"> {
  const own = (tokens: readonly string[]) => tokens.map((token): [string, number] => [token, 0]);
  const pieces = file.pieces.slice(3).map(({ piece, score }): [string, number] => [piece, score]);
  const vocab = [...own(FIRST), ...pieces, ...own(last)];
  const parts = encoder(file, config, sentencePieceNormalizers(file));
  return {
    ...parts,
    model: { type: "Unigram", unk_id: UNKNOWN_ID, vocab, byte_fallback: false, [NEVER_WRITTEN]: true },
    ids: idsOf(vocab.map(([token]) => token)),
  };
}

/** @param template the template for a single text and for a pair, given the language token and the end token */
function languages(
  file: SentencePieceFile,
  config: Config,
  codes: readonly string[],
  template: (language: string, end: string) => [before: Place[], after: Place[]],
): Recipe {
  const language = config.src_lang ?? "en_XX";
  if (typeof language !== "string" || !codes.includes(language)) {
    const expected = `one of ${codes.join(", ")}`;
    throw new FormatError({ file: "tokenizer_config.json", at: "src_lang", found: describeJson(language), expected });
  }
  const parts = fairseq(file, config, [...codes, "<mask>"]);
  return {
    ...parts,
    own: [...parts.own, ...codes.map((code) => addedToken(code))],
    defaults: { ...NAMES, mask: "<mask>" },
    maskTakesSpace: true,
    template: ({ eos = "</s>" }, idOf) => {
      const [before, after] = template(language, eos);
      return templateOf([...before, ["A", 0], ...after], [...before, ["A", 0], ["B", 0], ...after], idOf);
    },
  };
}

/** mBART: the end token and the language follow the text. The language is `src_lang`, or English if omitted. */
export function mbartRecipe(file: SentencePieceFile, config: Config): Recipe {
  return languages(file, config, LANGUAGES, (language, end) => [
    [],
    [
      [end, 0],
      [language, 0],
    ],
  ]);
}

/** mBART-50: the language precedes the text. */
export function mbart50Recipe(file: SentencePieceFile, config: Config): Recipe {
  const codes = [...LANGUAGES, ...MORE_LANGUAGES];
  return languages(file, config, codes, (language, end) => [[[language, 0]], [[end, 0]]]);
}

/** XGLM: the end token precedes every text. */
export function xglmRecipe(file: SentencePieceFile, config: Config): Recipe {
  const parts = fairseq(file, config, MADE_UP_WORDS);
  return {
    ...parts,
    own: [...parts.own, ...MADE_UP_WORDS.map((word) => addedToken(word))],
    defaults: NAMES,
    template: ({ eos = "</s>" }, idOf) => {
      const single: Place[] = [
        [eos, 0],
        ["A", 0],
      ];
      return templateOf(single, [...single, [eos, 0], [eos, 0], ["B", 0]], idOf);
    },
  };
}

/** BARThez: pieces keep their ids, and the fourth is the unknown token. */
export function barthezRecipe(file: SentencePieceFile, config: Config): Recipe {
  const parts = encoder(file, config, sentencePieceNormalizers(file));
  return {
    ...parts,
    model: { ...parts.model, unk_id: UNKNOWN_ID },
    defaults: { ...NAMES, mask: "<mask>" },
    maskTakesSpace: true,
    template: robertaTemplate,
  };
}
