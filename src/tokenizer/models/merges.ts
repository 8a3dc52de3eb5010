import { describe, type Fields, problem } from "../fields";
import { ID_LIMIT, type Vocabulary } from "../vocabulary";

/** Two neighbouring tokens become one. */
export type MergePair = readonly [left: string, right: string];

/** The merge of a pair: a lower rank is done earlier. */
export interface Merge {
  readonly rank: number;
  readonly id: number;
}

/** The merges of a BPE model by pair of ids. */
export class MergeTable {
  readonly pairs: readonly MergePair[];
  readonly #merges = new Map<number, Merge>();
  readonly #byRank: Merge[] = [];

  /**
   * @param prefixLength code units that a right part loses when it is joined (the continuing prefix)
   * @throws FormatError if a merge names no token of the vocabulary, or makes none.
   */
  constructor(vocabulary: Vocabulary, pairs: readonly MergePair[], prefixLength: number) {
    this.pairs = pairs;
    pairs.forEach(([left, right], rank) => {
      const idOf = (token: string): number => {
        const id = vocabulary.id(token);
        if (id === undefined) throw problem(`model.merges[${rank}]`, describe(token), "a token of model.vocab");
        return id;
      };
      const merge = { rank, id: idOf(left + right.slice(prefixLength)) };
      this.#merges.set(keyOf(idOf(left), idOf(right)), merge);
      this.#byRank.push(merge);
    });
  }

  find(left: number, right: number): Merge | undefined {
    return this.#merges.get(keyOf(left, right));
  }

  byRank(rank: number): Merge {
    return this.#byRank[rank] as Merge;
  }
}

function keyOf(left: number, right: number): number {
  return left * ID_LIMIT + right;
}

/** Reads merges in both spellings: `["a", "b"]` and `"a b"`. */
export function readMerges(fields: Fields): MergePair[] {
  const pairs: MergePair[] = [];
  fields.list("merges").forEach((merge, index) => {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    if (typeof merge === "string" && merge.startsWith("#version")) return;
    if (!isPair(parts)) throw problem(`${fields.path("merges")}[${index}]`, describe(merge), "two tokens");
    pairs.push(parts);
  });
  return pairs;
}

function isPair(parts: unknown): parts is MergePair {
  return Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === "string");
}
