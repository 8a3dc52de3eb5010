import { abortable } from "../abortable";
import { type Checks, checkOptions, expectString, hasFields, wholeIn, wrongKind } from "../checks";
import { laterWithModel } from "../later";
import { knownAs, type Synonyms, topSynonyms } from "../synonyms";
import type { Label } from "./classification";
import { expectLoaded, type Loaded } from "./loaded";
import { type SignalOptions, signalCheck } from "./signal";
import { type LengthOptions, truncationCheck } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

export type { Label } from "./classification";

/** What runs a model to classify. */
const running = laterWithModel("classify", () => import("./classification"));

export interface ClassifyOptions extends LengthOptions, SignalOptions {
  /** How many classes to return; all if omitted. */
  top?: number | undefined;
}

const classifySynonyms: Synonyms = {
  ...topSynonyms,
  advice: [
    ...(topSynonyms.advice ?? []),
    ["truncation", "functionToApply multiLabel problemType", "problem_type in the model's config says it"],
    ["truncation", "tokenizerKwargs padding maxLength", "truncation: true cuts a text that is too long"],
  ],
};

const checks: Checks<ClassifyOptions> = /* @__PURE__ */ knownAs(classifySynonyms, {
  top: wholeIn({ least: 1 }),
  truncation: truncationCheck,
  signal: signalCheck,
});

/** A text to classify, alone or with a second one. */
export interface TextToClassify {
  text: string;
  /** The second text, for models that classify pairs. */
  pair?: string | undefined;
}

/**
 * The classes of a text, or of a text and its pair, highest score first, with the names in the model's config; of a list
 * `[{ text }, …]`, those of each. `config.problem_type` selects the scores: σ(x) for "multi_label_classification" or a
 * single class, x for "regression", otherwise softmax(x).
 *
 * `[text, pair]` is short for `{ text, pair }`: two strings are a text and its pair, never two texts. Two texts are
 * `[{ text: "one" }, { text: "two" }]`.
 *
 * @throws TypeError if the model has no sequence-classification head; RangeError if a text is longer than the model
 *   reads, unless it may be truncated
 */
export async function classify(
  pretrained: Loaded | InWorker,
  text: string | TextToClassify | readonly [text: string, pair: string],
  options?: ClassifyOptions,
): Promise<Label[]>;
export async function classify(
  pretrained: Loaded | InWorker,
  texts: readonly TextToClassify[],
  options?: ClassifyOptions,
): Promise<Label[][]>;
export async function classify(
  pretrained: Loaded | InWorker,
  text: string | TextToClassify | readonly [text: string, pair: string] | readonly TextToClassify[],
  options: ClassifyOptions = {},
): Promise<Label[] | Label[][]> {
  if (isInWorker(pretrained)) return runThere(pretrained, "classify", [text, options]);
  expectLoaded("classify", pretrained);
  checkOptions("classify", options, checks);
  const { top, truncation, signal } = options;
  const isOne = !Array.isArray(text) || isPair(text);
  const rows = (isOne ? [oneOf(text)] : textsOf(text)).map((one, i) => {
    const where = isOne ? "classify" : `classify: texts[${i}]`;
    checkOptions(where, one, textChecks, ["text"]);
    return { where, text: one.text, pair: one.pair };
  });
  const { classified } = await abortable(signal, running.load);
  const labels = await classified(pretrained, rows, { top, truncation, signal });
  return isOne ? labels[0]! : labels;
}

const textChecks: Checks<TextToClassify> = { text: expectString, pair: expectString };

/** A string, and what should be one. Two texts of a list are objects. */
const isPair = (text: readonly unknown[]): boolean =>
  text.length === 2 && text.some((one) => typeof one === "string") && !text.some(hasFields);

function oneOf(text: unknown): TextToClassify {
  if (typeof text === "string") return { text };
  if (Array.isArray(text)) return { text: text[0], pair: text[1] };
  if (hasFields(text)) return text as object as TextToClassify;
  throw wrongKind("classify", "text", "a string, { text, pair }, or a list [{ text }, …] of many", text);
}

function textsOf(texts: readonly unknown[]): TextToClassify[] {
  const wrong = Array.from(texts).findIndex((one) => !hasFields(one));
  if (wrong < 0) return texts as TextToClassify[];
  const advice = "write [{ text }, …] for many texts and { text, pair } for a text with its pair";
  const { message } = wrongKind("classify", `texts[${wrong}]`, "an object, { text }", texts[wrong]);
  throw new TypeError(`${message}; ${advice}`);
}
