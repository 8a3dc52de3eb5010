import { arrayOf, type Checks, checkOptions, wholeIn } from "../checks";
import { isRecord } from "../fields";
import { knownAs, topSynonyms } from "../synonyms";
import { sigmoid, type Tensor, tanh } from "../tensor";
import { expectText, type Loaded, passOf, sentenceModelOf } from "./pretrained";

/** A text with its score. */
export interface Ranked {
  text: string;
  /** Its place in the given list. */
  index: number;
  score: number;
}

export interface RankOptions {
  /** How many texts to return; all if omitted. */
  top?: number | undefined;
}

const checks: Checks<RankOptions> = /* @__PURE__ */ knownAs(topSynonyms, { top: wholeIn({ least: 1 }) });
const textsCheck = arrayOf(expectText, "an array of strings");

/**
 * Texts by how well they answer a query, the best first, with a reranker: a model that scores a pair of texts by one
 * number. Scores are σ(x), or what the config says in `sentence_transformers.activation_fn`.
 *
 * @throws TypeError if the model has no sequence-classification head with one label
 * @see Nogueira and Cho 2019, Passage Re-ranking with BERT (arXiv 1901.04085)
 */
export async function rank(
  pretrained: Loaded,
  query: string,
  texts: readonly string[],
  options: RankOptions = {},
): Promise<Ranked[]> {
  const model = sentenceModelOf("rank", pretrained);
  expectText("rank", "query", query);
  textsCheck("rank", "texts", texts);
  checkOptions("rank", options, checks);
  if (model.head?.kind !== "sequenceClass")
    throw new TypeError("rank: the model is not a reranker; it needs a sequenceClass head with one label");
  const activation = activationOf(pretrained.config ?? {});
  const fitting = { maxLength: model.config.contextLength, truncation: true };
  const ranked: Ranked[] = [];
  for (const [index, text] of texts.entries()) {
    const { ids, types } = pretrained.tokenizer.encode(query, { pair: text, ...fitting });
    const scores = await activation(model.forward([ids], passOf(pretrained, types))).read();
    if (scores.length !== 1)
      throw new TypeError(`rank: the model is not a reranker; its head has ${scores.length} labels, not one`);
    ranked.push({ text, index, score: scores[0]! });
  }
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
