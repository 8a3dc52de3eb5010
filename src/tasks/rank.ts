import type { Pass } from "../blocks";
import { arrayOf, type Checks, checkOptions, expectString, wholeIn } from "../checks";
import { isRecord } from "../fields";
import { knownAs, topSynonyms } from "../synonyms";
import { type Ids, sigmoid, type Tensor, tanh } from "../tensor";
import { inBatches, kept } from "./batches";
import { expectText, type Loaded } from "./loaded";
import { sentenceModelOf } from "./pretrained";
import { type SignalOptions, signalCheck } from "./signal";
import { fittingOf, type LengthOptions, strideCheck, truncationCheck, type WindowOptions, windowsOf } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

/** A text with its score. */
export interface Ranked {
  text: string;
  /** Its place in the given list. */
  index: number;
  score: number;
}

export interface RankOptions extends LengthOptions, WindowOptions, SignalOptions {
  /** How many texts to return; all if omitted. */
  top?: number | undefined;
}

const checks: Checks<RankOptions> = /* @__PURE__ */ knownAs(topSynonyms, {
  top: wholeIn({ least: 1 }),
  truncation: truncationCheck,
  stride: strideCheck,
  signal: signalCheck,
});
const textsCheck = arrayOf(expectString, "an array of strings");

/**
 * Texts by how well they answer a query, the best first, with a reranker: a model that scores a pair of texts by one
 * number. Scores are σ(x), or what the config says in `sentence_transformers.activation_fn`. A text that is longer than
 * the model reads is read in windows that overlap, and has the score of the best one; with `truncation`, only its
 * beginning is read.
 *
 * @throws TypeError if the model has no sequence-classification head with one label; RangeError if the query leaves no
 *   room for a text
 * @see Nogueira and Cho 2019, Passage Re-ranking with BERT (arXiv 1901.04085); Dai and Callan 2019 (arXiv 1905.09217),
 *   section 3, for the best of several passages
 */
export async function rank(
  pretrained: Loaded | InWorker,
  query: string,
  texts: readonly string[],
  options: RankOptions = {},
): Promise<Ranked[]> {
  if (isInWorker(pretrained)) return runThere(pretrained, "rank", [query, texts, options]);
  const model = sentenceModelOf("rank", pretrained);
  expectText("rank", "query", query);
  textsCheck("rank", "texts", texts);
  checkOptions("rank", options, checks);
  if (model.head?.kind !== "sequenceClass")
    throw new TypeError("rank: the model is not a reranker; it needs a sequenceClass head with one label");
  const activation = activationOf(pretrained.config ?? {});
  const limited = { tokenizer: pretrained.tokenizer, limit: model.config.contextLength };
  const { stride, truncation = false } = options;
  if (truncation && stride !== undefined)
    throw new TypeError("rank: stride has no effect with truncation, which reads only the beginning");
  const rows = texts.flatMap((pair, index) => {
    const read = truncation
      ? [fittingOf("rank", limited, query, { pair, truncation })]
      : windowsOf("rank", limited, query, { pair, stride });
    return read.map((row) => ({ ...row, index }));
  });
  const run = (ids: Ids, pass: Pass) => activation(model.forward(ids, pass));
  const scores = await inBatches(pretrained, rows, { run, read: kept, signal: options.signal });
  const best = texts.map(() => Number.NEGATIVE_INFINITY);
  scores.forEach((score, i) => {
    if (score.length !== 1)
      throw new TypeError(`rank: the model is not a reranker; its head has ${score.length} labels, not one`);
    const { index } = rows[i]!;
    best[index] = Math.max(best[index]!, score[0]!);
  });
  const ranked = texts.map((text, index) => ({ text, index, score: best[index]! }));
  return ranked.sort((a, b) => b.score - a.score).slice(0, options.top);
}

/** The function of the score, by the end of PyTorch's name; σ if the config has none. */
function activationOf(config: Readonly<Record<string, unknown>>): (x: Tensor) => Tensor {
  const newer = isRecord(config.sentence_transformers) ? config.sentence_transformers.activation_fn : undefined;
  const name = newer ?? config.sbert_ce_default_activation_function ?? "Sigmoid";
  const known: Readonly<Record<string, (x: Tensor) => Tensor>> = { Sigmoid: sigmoid, Identity: (x) => x, Tanh: tanh };
  const found = typeof name === "string" ? known[name.split(".").at(-1)!] : undefined;
  if (found === undefined)
    throw new RangeError(
      `rank: config.json's activation_fn ${JSON.stringify(name)} is not supported; use torch.nn's Sigmoid, Identity or Tanh`,
    );
  return found;
}
