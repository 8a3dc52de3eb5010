import { type Checks, checkOptions, expectString, wholeIn } from "../checks";
import { knownAs, topSynonyms } from "../synonyms";
import { type SimilarWord, unit, type WordSource, WordTable } from "./word-table";

/** Options of `nearest` and `analogy`. */
export interface SimilarOptions {
  /** How many words to return; 10 if omitted. */
  top?: number | undefined;
}

const checks: Checks<SimilarOptions> = /* @__PURE__ */ knownAs(
  { ...topSynonyms, options: ["top topK topn k numResults count"] },
  { top: wholeIn({ least: 1 }) },
);

/**
 * The words whose vectors point in the most similar direction, by cos(v, w) = v · w / (‖v‖ ‖w‖), best first. A word is
 * looked up as it stands after a space, if that is one token. The word itself, special tokens and tokens without text
 * are left out; tokens that differ only in spaces are one word.
 *
 * @throws TypeError for a source without vectors; RangeError for a word that is unknown or more than one token
 * @see Mikolov et al. 2013, Efficient Estimation of Word Representations in Vector Space (arXiv 1301.3781)
 * @example
 * ```ts
 * import { fromPretrained } from "transformer-blocks";
 * import { nearest } from "transformer-blocks/inspect";
 * const filler = await fromPretrained("./examples/models/fill");
 * nearest(filler, "mother", { top: 3 }).length; // 3
 * ```
 */
export function nearest(source: WordSource, word: string, options: SimilarOptions = {}): SimilarWord[] {
  const table = new WordTable("nearest", source);
  expectString("nearest", "word", word);
  checkOptions("nearest", options, checks);
  return table.similar(table.direction(word), [word], options.top);
}

/**
 * The words nearest to a − b + c, best first: "king" − "man" + "woman" is "queen". Each vector is first divided by its
 * length. The three words are left out, as is usual: c itself is often the nearest.
 *
 * @throws as `nearest`
 * @see Levy and Goldberg 2014, Linguistic Regularities in Sparse and Explicit Word Representations, section 3 (3CosAdd)
 * @example
 * ```ts
 * import { tensor } from "transformer-blocks";
 * import { analogy } from "transformer-blocks/inspect";
 * import { tokenizerFromJson } from "transformer-blocks/tokenizer";
 * const vocab = { "[UNK]": 0, king: 1, queen: 2, man: 3, woman: 4 };
 * const tokenizer = tokenizerFromJson({ model: { type: "WordLevel", vocab, unk_token: "[UNK]" } });
 * const vectors = tensor([[0, 0], [9, 1], [9, -1], [1, 1], [1, -1]]);
 * analogy({ vectors, tokenizer }, "king", "man", "woman")[0]?.word; // "queen"
 * ```
 */
export function analogy(
  source: WordSource,
  a: string,
  b: string,
  c: string,
  options: SimilarOptions = {},
): SimilarWord[] {
  const table = new WordTable("analogy", source);
  for (const [name, word] of Object.entries({ a, b, c })) expectString("analogy", name, word);
  checkOptions("analogy", options, checks);
  const [from, less, more] = [a, b, c].map((word) => table.direction(word)) as [number[], number[], number[]];
  const sum = unit(from.map((x, i) => x - less[i]! + more[i]!));
  if (sum === undefined) throw new RangeError(`analogy: "${a}" − "${b}" + "${c}" is zero, which is near no word`);
  return table.similar(sum, [a, b, c], options.top);
}
