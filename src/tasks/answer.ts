import type { Pass } from "../blocks";
import { type Checks, checkOptions, expectBoolean, wholeIn } from "../checks";
import { knownAs, type Synonyms } from "../synonyms";
import type { Ids } from "../tensor";
import type { Encoding } from "../tokenizer";
import { inBatches } from "./batches";
import { expectText, type Loaded } from "./loaded";
import { headedOf } from "./pretrained";
import { type SignalOptions, signalCheck } from "./signal";
import { strideCheck, type WindowOptions, windowsOf } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

/** What `answer` found. */
export interface Answer {
  /** The answer, `context.slice(start, end)`. */
  text: string;
  /** The product of the start and end probabilities. */
  score: number;
  start: number;
  end: number;
  /**
   * The probability that the context has no answer, as models trained with such questions say it: the product of both
   * probabilities at the first token; the smallest of all windows. 0 if the first token belongs to the question.
   */
  noAnswer: number;
}

/** A question and the context that contains the answer. */
export interface Question {
  question: string;
  context: string;
}

export interface AnswerOptions extends WindowOptions, SignalOptions {
  /** The largest number of tokens of an answer; 30 if omitted. */
  longest?: number | undefined;
  /** Return an empty text if having no answer is more probable than the best answer; false if omitted. */
  optional?: boolean | undefined;
}

const askedChecks: Checks<Question> = { question: expectText, context: expectText };
const synonyms: Synonyms = {
  options: [
    "stride docStride",
    "longest maxAnswerLen maxAnswerLength",
    "optional handleImpossibleAnswer handleImpossibleAnswers",
  ],
  advice: [
    ["longest", "topK top k", "one answer is returned, the best"],
    ["longest", "maxSeqLen maxSeqLength maxQuestionLen padding", "windows are as long as the model reads"],
    ["longest", "alignToWords", "start and end are places in the context"],
  ],
};
const checks: Checks<AnswerOptions> = /* @__PURE__ */ knownAs(synonyms, {
  stride: strideCheck,
  signal: signalCheck,
  longest: /* @__PURE__ */ wholeIn({ least: 1 }),
  optional: expectBoolean,
});

/** A span of tokens in a window. */
interface Span {
  window: Encoding;
  first: number;
  last: number;
  score: number;
}

/**
 * Finds the answer to a question in a context. A context that is longer than the model reads is read in windows that
 * overlap, and the most probable span of all windows is the answer.
 *
 * @throws TypeError if the model has no question-answering head; RangeError if the context has no tokens, or the question
 *   leaves no room for it
 * @see Devlin et al. 2018 (arXiv 1810.04805), sections 4.2 and 4.3
 */
export async function answer(
  pretrained: Loaded | InWorker,
  asked: Question,
  options: AnswerOptions = {},
): Promise<Answer> {
  if (isInWorker(pretrained)) return runThere(pretrained, "answer", [asked, options]);
  const model = headedOf("answer", pretrained, "questionAnswering");
  checkOptions("answer", asked, askedChecks, ["question", "context"]);
  checkOptions("answer", options, checks);
  const { question, context } = asked;
  const { stride, longest = 30, optional = false } = options;
  const limited = { tokenizer: pretrained.tokenizer, limit: model.limit };
  const windows = windowsOf("answer", limited, question, { pair: context, stride });
  const before = pretrained.tokenizer.encode(question, { special: false }).ids.length;
  const run = (ids: Ids, pass: Pass) => model.forward(ids, pass);
  const ends = await inBatches(pretrained, windows, { run, read: probabilitiesOf, signal: options.signal });
  let noAnswer = 1;
  let best: Span | undefined;
  windows.forEach((window, i) => {
    const [starts, lasts] = ends[i]!;
    const inContext = contextOf(window, before);
    noAnswer = Math.min(noAnswer, window.special[0] === 1 ? starts[0]! * lasts[0]! : 0);
    const span = bestSpan(starts, lasts, { inContext, longest });
    if (span.score > (best?.score ?? -1)) best = { window, ...span };
  });
  if (best === undefined) throw new RangeError("answer: the context has no tokens; pass a longer one");
  if (optional && noAnswer > best.score) return { text: "", score: noAnswer, start: 0, end: 0, noAnswer };
  const [start, end] = [best.window.offsets[best.first]![0], best.window.offsets[best.last]![1]];
  return { text: context.slice(start, end), score: best.score, start, end, noAnswer };
}

/** Of scores [tokens, 2], the probability of each token to be the first of the answer, and to be the last. */
function probabilitiesOf(scores: Float32Array): [starts: Float32Array, lasts: Float32Array] {
  const shares = (end: 0 | 1) => {
    const own = scores.filter((_, i) => i % 2 === end);
    const greatest = own.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const weights = Float64Array.from(own, (score) => Math.exp(score - greatest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Float32Array.from(weights, (weight) => weight / total);
  };
  return [shares(0), shares(1)];
}

interface Limits {
  /** Which tokens are the context's. */
  inContext: readonly boolean[];
  longest: number;
}

/** The most probable span; a score of −1 if there is none. */
function bestSpan(starts: Float32Array, lasts: Float32Array, { inContext, longest }: Limits): Omit<Span, "window"> {
  let best = { score: -1, first: 0, last: 0 };
  for (let first = 0; first < starts.length; first++) {
    if (!inContext[first]) continue;
    for (let last = first; last < Math.min(starts.length, first + longest); last++) {
      const score = starts[first]! * lasts[last]!;
      if (inContext[last] && score > best.score) best = { score, first, last };
    }
  }
  return best;
}

/** Which tokens are the context's: those of type 1, or without types those after as many as the question has. */
function contextOf({ types, special }: Encoding, before: number): boolean[] {
  if (types.includes(1)) return special.map((one, i) => types[i] === 1 && one === 0);
  let left = before;
  return special.map((one) => one === 0 && left-- <= 0);
}
