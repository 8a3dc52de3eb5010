import { describe, type Fields, problem } from "../fields";
import type { Vocabulary } from "../vocabulary";

/** Two neighbouring tokens become one. */
export type MergePair = readonly [left: string, right: string];

/** What {@link MergeTable.rank} gives for a pair that is not merged. */
export const NO_MERGE = -1;

/**
 * The merges of a BPE model by pair of ids, in a hash table of integers: a merge with a lower rank is done earlier. Of
 * merges of one pair the last counts.
 */
export class MergeTable {
  readonly #vocabulary: Vocabulary;
  /** By rank: the two tokens, and the token that they make. */
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  readonly #made: Int32Array;
  /** The rank in each slot; {@link NO_MERGE} where the slot is free. */
  readonly #ranks: Int32Array;

  /**
   * @param prefixLength code units that a right part loses when it is joined (the continuing prefix)
   * @throws FormatError if a merge names no token of the vocabulary, or makes none.
   */
  constructor(vocabulary: Vocabulary, pairs: readonly MergePair[], prefixLength: number) {
    this.#vocabulary = vocabulary;
    this.#lefts = new Int32Array(pairs.length);
    this.#rights = new Int32Array(pairs.length);
    this.#made = new Int32Array(pairs.length);
    this.#ranks = new Int32Array(2 ** Math.ceil(Math.log2(1.5 * pairs.length + 2))).fill(NO_MERGE);
    for (let rank = 0; rank < pairs.length; rank++) {
      const [left, right] = pairs[rank] as MergePair;
      const leftId = vocabulary.id(left) ?? missing(rank, left);
      const rightId = vocabulary.id(right) ?? missing(rank, right);
      const made = vocabulary.idOfJoined(left, right, prefixLength);
      this.#lefts[rank] = leftId;
      this.#rights[rank] = rightId;
      this.#made[rank] = made ?? missing(rank, left + right.slice(prefixLength));
      this.#ranks[this.#slot(leftId, rightId)] = rank;
    }
  }

  /** The merges in the order of their ranks. */
  pairs(): MergePair[] {
    const token = (id: number): string => this.#vocabulary.token(id) as string;
    return Array.from(this.#lefts, (left, rank) => [token(left), token(this.#rights[rank] as number)]);
  }

  /** The rank of the merge of two tokens, or {@link NO_MERGE}. */
  rank(left: number, right: number): number {
    return this.#ranks[this.#slot(left, right)] as number;
  }

  /** The token that the merge of this rank makes. */
  made(rank: number): number {
    return this.#made[rank] as number;
  }

  /** The slot of a pair, or the free one where it would go. */
  #slot(left: number, right: number): number {
    const mask = this.#ranks.length - 1;
    const hash = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const rank = this.#ranks[slot] as number;
      if (rank === NO_MERGE || (this.#lefts[rank] === left && this.#rights[rank] === right)) return slot;
    }
  }
}

function missing(rank: number, token: string): never {
  throw problem(`model.merges[${rank}]`, describe(token), "a token of model.vocab");
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
  return Array.isArray(parts) && parts.length === 2 && typeof parts[0] === "string" && typeof parts[1] === "string";
}
