import { type Checks, expectString } from "../checks";
import { generationSettingsOf } from "../models/internal";
import { knownAs } from "../synonyms";
import { languagesOf, languageToken } from "./languages";
import { expectText, type Loaded } from "./loaded";
import { type TextModel, translatorOf } from "./pretrained";
import { fitting } from "./source-text";
import { optionsOfTask, prefixOfTranslation } from "./task-params";
import { type LengthOptions, truncationCheck } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";
import { checkWriting, generationIn, joined, stopsOf, written } from "./writing";
import type { CompleteOptions } from "./writing-options";

/** The options of `translate`: those of `generate`, and these. */
export interface TranslateOptions extends CompleteOptions, LengthOptions {
  /**
   * The language of the text, as the model names it: "en", "en_XX", "eng_Latn", or "English" for T5. If omitted, the one
   * in the tokenizer's files.
   */
  source?: string | undefined;
  /** The language to translate into, as the model names it. Models of one pair of languages need none. */
  target?: string | undefined;
}

type Own = Pick<TranslateOptions, "source" | "target" | "truncation">;

const checks: Checks<Own> = /* @__PURE__ */ knownAs(
  { options: ["source srcLang sourceLang sourceLanguage from", "target tgtLang targetLang targetLanguage to"] },
  { source: expectString, target: expectString, truncation: truncationCheck },
);

/**
 * Translates a text with an encoder-decoder. Options are those of `generate`, `stop` and the languages; they default to
 * the model's generation_config.json. Without a limit, the result may be as long as the context.
 *
 * The languages are told as the model was trained: by tokens around the text and at the beginning of the translation
 * (mBART, mBART-50, M2M-100, NLLB), by a token before the text (multilingual Marian, MADLAD), or in words (T5).
 *
 * @throws TypeError if the model is not an encoder-decoder; RangeError for a language that the model does not have, for a
 *   missing one, or for a text that is longer than the model reads, unless `truncation` is true; Error for a field of
 *   generation_config.json that would change the text and is not supported, unless `without` names it
 */
export async function translate(
  pretrained: Loaded | InWorker,
  text: string,
  options: TranslateOptions = {},
): Promise<string> {
  if (isInWorker(pretrained)) return runThere(pretrained, "translate", [text, options]);
  const textModel = translatorOf("translate", pretrained);
  expectText("translate", "text", text);
  checkWriting<Own>("translate", textModel, options, checks);
  const { source, target, truncation, ...rest } = options;
  const told = tellLanguages(pretrained, text, { source, target });
  const generation = {
    ...unlimited(textModel, rest),
    ...optionsOfTask(pretrained, textModel, told.task),
    ...(told.first !== undefined && { forcedStartToken: told.first }),
    ...generationIn<object>(rest),
  };
  const ids = fitting("translate", { tokenizer: pretrained.tokenizer, textModel }, told, truncation);
  return joined(written("translate", pretrained, textModel, { ids, generation, stop: stopsOf(textModel, options) }));
}

/** A text with what tells the languages. */
interface Told {
  text: string;
  /** Tokens before and after those of the text; what the tokenizer adds, if omitted. */
  around?: readonly [before: readonly number[], after: readonly number[]];
  /** The first token of the translation. */
  first?: number;
  /** The name of the task in config.task_specific_params. */
  task?: string;
}

function tellLanguages(pretrained: Loaded, text: string, asked: Pick<Own, "source" | "target">): Told {
  const { tokenizer } = pretrained;
  const languages = languagesOf(tokenizer);
  if (languages === undefined) return { ...prefixOfTranslation(pretrained, asked, text) };
  const { src_lang, tgt_lang } = tokenizer.config;
  const target = asked.target ?? (typeof tgt_lang === "string" ? tgt_lang : undefined);
  if (target === undefined) {
    if (asked.source === undefined && startsWithLanguage(pretrained)) return { text };
    const one = [...languages.ids.keys()][0];
    throw new RangeError(`translate: target is missing: the model translates into many languages, such as "${one}"`);
  }
  const first = languageToken("translate", "target", target, languages);
  if (languages.style === "target") {
    if (asked.source !== undefined)
      throw new RangeError(
        "translate: source has no effect, because the model is not told the language of the text; omit it",
      );
    return { text: `${tokenizer.idToToken(first)} ${text}` };
  }
  const source = asked.source ?? (typeof src_lang === "string" ? src_lang : undefined);
  if (source === undefined)
    throw new RangeError(`translate: source is missing: the model is told the language of the text`);
  const from = languageToken("translate", "source", source, languages);
  const end = tokenizer.special.eos === undefined ? [] : [tokenizer.special.eos];
  return { text, first, around: languages.style === "before" ? [[from], end] : [[], [...end, from]] };
}

/** Whether the model's files already say the first token of a translation. */
const startsWithLanguage = ({ model, config }: Loaded): boolean =>
  typeof (generationSettingsOf(model)?.fields.forced_bos_token_id ?? config?.forced_bos_token_id) === "number";

/** The limit of the context, if neither the options nor the files have another. */
function unlimited({ model, sizes }: TextModel, { maxLength }: CompleteOptions): { maxNewTokens?: number } {
  const { max_new_tokens, max_length } = generationSettingsOf(model)?.fields ?? {};
  const isLimited = maxLength !== undefined || (max_new_tokens ?? max_length ?? undefined) !== undefined;
  return isLimited ? {} : { maxNewTokens: sizes.contextLength - 1 };
}
