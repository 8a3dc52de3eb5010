import { bestPaths, type UnigramCosts, visitTokens } from "../pipeline";

import { type Hypothesis, HypothesisQueue } from "./hypothesis-queue";

/** The node before all pieces. */
const BEGIN = 0;

/** No node. */
const NONE = -1;

/** Token 0 represents characters that no token covers. */
export const UNKNOWN = 0;

/** All segmentations of a word. Node 0 is its beginning, the last node its end; the others are sorted by start. */
export class Lattice {
  readonly #ids: number[] = [UNKNOWN];
  readonly #starts: number[] = [0];
  readonly #scores: number[] = [0];
  /** For each position, the first and the last node that ends there. */
  readonly #firstEnding: Int32Array;
  readonly #lastEnding: Int32Array;
  /** For each node, the next one that ends at the same position. */
  readonly #nextEnding: number[] = [NONE];

  readonly #word: string;
  readonly #costs: UnigramCosts;

  constructor(word: string, costs: UnigramCosts) {
    this.#word = word;
    this.#costs = costs;
    this.#firstEnding = new Int32Array(word.length + 1).fill(NONE);
    this.#lastEnding = new Int32Array(word.length + 1).fill(NONE);
    this.#firstEnding[0] = BEGIN;
    visitTokens(word, costs, (id, score, start, end) => this.#add(id, score, start, end));
    this.#ids.push(UNKNOWN);
    this.#starts.push(word.length);
    this.#scores.push(0);
  }

  #add(id: number, score: number, start: number, end: number): void {
    const node = this.#ids.length;
    const last = this.#lastEnding[end] as number;
    if (last === NONE) this.#firstEnding[end] = node;
    else this.#nextEnding[last] = node;
    this.#lastEnding[end] = node;
    this.#nextEnding.push(NONE);
    this.#ids.push(id);
    this.#starts.push(start);
    this.#scores.push(score);
  }

  /** The first of the possible predecessors of a node. */
  #firstBefore(node: number): number {
    return this.#firstEnding[this.#starts[node] as number] as number;
  }

  #next(before: number): number {
    return this.#nextEnding[before] as number;
  }

  /** The tokens of the two best paths, or of the only path (A* search from the end). */
  twoBest(): number[][] {
    const { scores } = bestPaths(this.#word, this.#costs);
    const queue = new HypothesisQueue();
    queue.push({ node: this.#ids.length - 1, next: undefined, best: 0, rest: 0 });
    const found: number[][] = [];
    for (let top = queue.pop(); top !== undefined && found.length < 2; top = queue.pop()) {
      if (top.node === BEGIN) found.push(this.#path(top));
      else {
        for (let node = this.#firstBefore(top.node); node !== NONE; node = this.#next(node)) {
          const rest = (this.#scores[node] as number) + top.rest;
          const before = (scores[this.#starts[node] as number] as number) + (this.#scores[node] as number);
          queue.push({ node, next: top, best: before + top.rest, rest });
        }
      }
    }
    return found;
  }

  #path(begin: Hypothesis): number[] {
    const path: number[] = [];
    for (let at = begin.next; at?.next !== undefined; at = at.next) path.push(this.#ids[at.node] as number);
    return path;
  }

  /**
   * Adds to each token its expected frequency in `count` occurrences of the word: forward and backward log sums over
   * all paths through each node.
   */
  addExpected(count: number, expected: Float64Array): void {
    const nodes = this.#ids.length;
    const forward = new Float64Array(nodes);
    const backward = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
    for (let node = 1; node < nodes; node++) {
      let sum = Number.NEGATIVE_INFINITY;
      for (let before = this.#firstBefore(node); before !== NONE; before = this.#next(before)) {
        sum = logSumExp(sum, (this.#scores[before] as number) + (forward[before] as number));
      }
      forward[node] = sum;
    }
    backward[nodes - 1] = 0;
    // Shorter nodes first, like the reference: the last bit decides between segmentations of equal score.
    for (let last = nodes - 1; last > 0; ) {
      const start = this.#starts[last] as number;
      let first = last;
      while (first > 1 && this.#starts[first - 1] === start) first--;
      for (let node = first; node <= last; node++) {
        const rest = (this.#scores[node] as number) + (backward[node] as number);
        for (let before = this.#firstBefore(node); before !== NONE; before = this.#next(before))
          backward[before] = logSumExp(backward[before] as number, rest);
      }
      last = first - 1;
    }
    const whole = forward[nodes - 1] as number;
    for (let node = 1; node < nodes - 1; node++) {
      const logProbability =
        (forward[node] as number) + (this.#scores[node] as number) + (backward[node] as number) - whole;
      const id = this.#ids[node] as number;
      expected[id] = (expected[id] as number) + count * Math.exp(logProbability);
    }
  }
}

/** log(eᵃ + eᵇ) without overflow. */
function logSumExp(a: number, b: number): number {
  const [low, high] = a > b ? [b, a] : [a, b];
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log(Math.exp(low - high) + 1);
}
