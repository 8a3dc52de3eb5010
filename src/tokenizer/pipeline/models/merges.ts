import { describeJson } from "../../../fields";
import { problem } from "../../text";
import { pairHash, standsAt, type Vocabulary } from "../../vocabulary";

/** Two neighbouring tokens that become one. */
export type MergePair = readonly [left: string, right: string];

/** Returned by {@link MergeTable.rank} for a pair that is not merged: above all ranks. */
export const NO_MERGE = 0x7fffffff;

/**
 * The merges of a BPE model by pair of ids, in a hash table of integers: a merge with a lower rank is applied first. If
 * a pair occurs several times, its last merge counts.
 */
export class MergeTable {
  readonly #vocabulary: Vocabulary;
  /** By rank: the two tokens, and the token that they form. */
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  readonly #made: Int32Array;
  /** The rank in each slot; {@link NO_MERGE} if the slot is free. */
  readonly #ranks: Int32Array;

  /**
   * @param ids the vocabulary as JSON. An object's own keys are found in half of the time of a Map.
   * @param merges in either form: `["a", "b"]` or `"a b"`
   * @param prefixLength code units removed from the right part when joining (the continuing prefix)
   * @throws FormatError if a merge uses or forms a token that is not in the vocabulary.
   */
  constructor(
    vocabulary: Vocabulary,
    ids: Readonly<Record<string, unknown>>,
    merges: readonly unknown[],
    prefixLength: number,
  ) {
    this.#vocabulary = vocabulary;
    const isMerge = (merge: unknown): boolean => typeof merge !== "string" || !merge.startsWith("#version");
    const written = merges.every(isMerge) ? merges : merges.filter(isMerge);
    this.#lefts = new Int32Array(written.length);
    this.#rights = new Int32Array(written.length);
    this.#made = new Int32Array(written.length);
    this.#ranks = new Int32Array(2 ** Math.ceil(Math.log2(1.5 * written.length + 2))).fill(NO_MERGE);
    const idOf = (token: string, rank: number): number => {
      const id = ids[token];
      // Inherited properties are not numbers.
      if (typeof id === "number") return id;
      throw problem(`model.merges[${rank}]`, describeJson(token), "a token of model.vocab");
    };
    let made = -1;
    for (let rank = 0; rank < written.length; rank++) {
      const pair = readMerge(written[rank], rank);
      const left = pair[0];
      const right = pair[1];
      const leftId = idOf(left, rank);
      const rightId = idOf(right, rank);
      const rest = right.slice(prefixLength);
      // In most files a merge forms the token after the previous merge's token, or the same one.
      if (isJoined(vocabulary.token(made + 1), left, rest)) made++;
      else if (!isJoined(vocabulary.token(made), left, rest)) made = idOf(left + rest, rank);
      this.#lefts[rank] = leftId;
      this.#rights[rank] = rightId;
      this.#made[rank] = made;
      this.#ranks[this.#slot(leftId, rightId)] = rank;
    }
  }

  /** The merges by rank. */
  pairs(): MergePair[] {
    const token = (id: number): string => this.#vocabulary.token(id) as string;
    return Array.from(this.#lefts, (left, rank) => [token(left), token(this.#rights[rank] as number)]);
  }

  /** The rank of the merge of two tokens, or {@link NO_MERGE}. */
  rank(left: number, right: number): number {
    return this.#ranks[this.#slot(left, right)] as number;
  }

  /** The token that the merge of this rank forms. */
  made(rank: number): number {
    return this.#made[rank] as number;
  }

  /** The slot of a pair, or the free slot for it. */
  #slot(left: number, right: number): number {
    const mask = this.#ranks.length - 1;
    for (let slot = pairHash(left, right) & mask; ; slot = (slot + 1) & mask) {
      const rank = this.#ranks[slot] as number;
      if (rank === NO_MERGE || (this.#lefts[rank] === left && this.#rights[rank] === right)) return slot;
    }
  }
}

/** Whether a token is the concatenation of two others; joining them would be slower. */
function isJoined(token: string | undefined, left: string, right: string): boolean {
  const length = left.length + right.length;
  return token?.length === length && standsAt(left, token, 0) && standsAt(right, token, left.length);
}

function readMerge(merge: unknown, rank: number): MergePair {
  const parts = typeof merge === "string" ? merge.split(" ") : merge;
  if (isPair(parts)) return parts;
  throw problem(`model.merges[${rank}]`, describeJson(merge), "two tokens");
}

function isPair(parts: unknown): parts is MergePair {
  return Array.isArray(parts) && parts.length === 2 && typeof parts[0] === "string" && typeof parts[1] === "string";
}
