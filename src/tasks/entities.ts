import type { Pass } from "../blocks";
import { arrayOf, type Checks, checkOptions, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import { type Ids, softmax } from "../tensor";
import { inBatches, kept } from "./batches";
import { type Aggregation, groupsOf, labelOf, taggedOf, wordsOf } from "./entity-words";
import { expectText, type Loaded } from "./loaded";
import { headedOf } from "./pretrained";
import { type SignalOptions, signalCheck } from "./signal";
import { strideCheck, type WindowOptions, windowsOf } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

/** A part of a text with its label. */
export interface Entity {
  /** The label of the model's config, without its prefix B- or I- if tokens are merged. */
  label: string;
  /** The probability, 0 to 1; the mean over the merged tokens or words. */
  score: number;
  /** `text.slice(start, end)` */
  text: string;
  start: number;
  end: number;
}

export interface EntitiesOptions extends WindowOptions, SignalOptions {
  /**
   * How tokens become entities. "none": each token by itself. "simple": neighbours of one label are merged. The others
   * first give each word one label, that of its first token ("first"), of its most certain token ("max") or of the mean
   * of its tokens' probabilities ("average"), and then merge words. "simple" if omitted.
   */
  aggregation?: Aggregation | undefined;
  /** Labels that are not entities; ["O"] if omitted. */
  ignore?: readonly string[] | undefined;
}

const checks: Checks<EntitiesOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["aggregation aggregationStrategy", "ignore ignoreLabels", "stride docStride"],
    advice: [
      ["aggregation", "groupedEntities ignoreSubwords", 'pass aggregation, such as "simple" or "first"'],
      ["aggregation", "offsetMapping", "start and end are places in the text"],
      ["aggregation", "isSplitIntoWords delimiter", "pass the text as one string"],
    ],
  },
  {
    stride: strideCheck,
    signal: signalCheck,
    aggregation: oneOf(["none", "simple", "first", "average", "max"] satisfies Aggregation[]),
    ignore: arrayOf(expectText, "an array of labels"),
  },
);

/**
 * The entities of a text, such as its names and places, in order. Labels are those of the model's config: B- begins an
 * entity, I- continues it. A text that is longer than the model reads is read in windows that overlap; a token in two
 * windows has the probabilities of the one with more text on both of its sides.
 *
 * @throws TypeError if the model has no token-classification head
 * @see Devlin et al. 2018 (arXiv 1810.04805), section 5.3; Ramshaw and Marcus 1995 (cmp-lg/9505040) for the labels
 */
export async function entities(
  pretrained: Loaded | InWorker,
  text: string,
  options: EntitiesOptions = {},
): Promise<Entity[]> {
  if (isInWorker(pretrained)) return runThere(pretrained, "entities", [text, options]);
  const model = headedOf("entities", pretrained, "tokenClass");
  expectText("entities", "text", text);
  checkOptions("entities", options, checks);
  const { aggregation = "simple", ignore = ["O"], stride } = options;
  const windows = windowsOf("entities", { tokenizer: pretrained.tokenizer, limit: model.limit }, text, { stride });
  const run = (ids: Ids, pass: Pass) => softmax(model.forward(ids, pass));
  const scores = await inBatches(pretrained, windows, { run, read: kept, signal: options.signal });
  const names = pretrained.config?.id2label as Record<string, string> | undefined;
  const tokens = taggedOf(pretrained.tokenizer, text, windows, scores);
  const whole = aggregation !== "none" && aggregation !== "simple";
  const words = whole ? wordsOf(tokens) : tokens.map((token) => [token]);
  const named = words.map((word) => {
    const { label, score } = labelOf(word, aggregation);
    return { start: word[0]!.start, end: word.at(-1)!.end, label: names?.[label] ?? `LABEL_${label}`, score };
  });
  const merged = aggregation === "none" ? named : groupsOf(named);
  return merged
    .filter(({ label }) => !ignore.includes(label))
    .map(({ label, score, start, end }) => ({ label, score, text: text.slice(start, end), start, end }));
}
