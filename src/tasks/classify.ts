import { type Checks, checkOptions, wholeIn, wrongKind } from "../checks";
import { knownAs, type Synonyms, topSynonyms } from "../synonyms";
import { sigmoid, softmax, type Tensor } from "../tensor";
import { expectText, headedOf, type Loaded, passOf } from "./pretrained";
import { fittingOf, type LengthOptions, truncationCheck } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

export interface Label {
  label: string;
  /** The probability, 0 to 1; the raw number if config.problem_type is "regression". */
  score: number;
}

export interface ClassifyOptions extends LengthOptions {
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
});

/**
 * The classes of a text, or of a text and its pair, highest score first, with the names in the model's config.
 * `config.problem_type` selects the scores: σ(x) for "multi_label_classification" or a single class, x for
 * "regression", otherwise softmax(x).
 *
 * @throws TypeError if the model has no sequence-classification head; RangeError if the text is longer than the model
 *   reads, unless it may be truncated
 */
export async function classify(
  pretrained: Loaded | InWorker,
  text: string | readonly [text: string, pair: string],
  options: ClassifyOptions = {},
): Promise<Label[]> {
  if (isInWorker(pretrained)) return runThere(pretrained, "classify", [text, options]);
  const model = headedOf("classify", pretrained, "sequenceClass");
  checkOptions("classify", options, checks);
  const [first, pair] = textsOf(text);
  const { ids, types } = fittingOf("classify", { tokenizer: pretrained.tokenizer, limit: model.limit }, first, {
    pair,
    truncation: options.truncation,
  });
  if (ids.length === 0) throw new RangeError("classify: the text has no tokens");
  const names = pretrained.config?.id2label as Record<string, string> | undefined;
  const scores = await scoresOf(
    model.forward([ids], passOf(pretrained, [types])),
    pretrained.config?.problem_type,
  ).read();
  return Array.from(scores, (score, i) => ({ label: names?.[i] ?? `LABEL_${i}`, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, options.top);
}

function textsOf(text: unknown): [text: string, pair?: string] {
  if (!Array.isArray(text)) {
    expectText("classify", "text", text);
    return [text];
  }
  const [first, pair, ...rest] = text;
  if (rest.length > 0 || pair === undefined) throw wrongKind("classify", "text", "a string, or [text, pair]", text);
  expectText("classify", "text[0]", first);
  expectText("classify", "text[1]", pair);
  return [first, pair];
}

/** [batch, labels] → the same */
function scoresOf(logits: Tensor, problem: unknown): Tensor {
  if (problem === "regression") return logits;
  const labels = logits.shape.at(-1);
  return problem === "multi_label_classification" || labels === 1 ? sigmoid(logits) : softmax(logits);
}
