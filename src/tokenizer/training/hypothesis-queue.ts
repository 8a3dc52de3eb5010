/** A path from a node to the end of a lattice. */
export interface Hypothesis {
  node: number;
  next: Hypothesis | undefined;
  /** The score of the best path through this node. */
  best: number;
  /** The score from this node to the end, including it. */
  rest: number;
}

const CHILDREN = 4;

/**
 * Returns the hypothesis with the best score. The order of equal ones decides which pieces survive, so this reproduces
 * the reference's heap: four children per node, and its order of comparisons.
 */
export class HypothesisQueue {
  readonly #items: Hypothesis[] = [];

  push(item: Hypothesis): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  pop(): Hypothesis | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let hole = 0;
    for (;;) {
      const child = this.#greatestChild(CHILDREN * hole + 1);
      if (child >= items.length) break;
      items[hole] = items[child] as Hypothesis;
      hole = child;
    }
    items[hole] = last;
    this.#rise(hole);
    return first;
  }

  #score(index: number): number {
    return (this.#items[index] as Hypothesis).best;
  }

  /** The later of two if it is better; otherwise the earlier. */
  #better(a: number, b: number): number {
    return this.#score(a) < this.#score(b) ? b : a;
  }

  #greatestChild(first: number): number {
    const { length } = this.#items;
    if (first + CHILDREN <= length) {
      return this.#better(this.#better(first, first + 1), this.#better(first + 2, first + 3));
    }
    let greatest = first;
    for (let child = first + 1; child < length; child++) greatest = this.#better(greatest, child);
    return greatest;
  }

  /** Moves past equal parents. */
  #rise(from: number): void {
    const items = this.#items;
    const item = items[from] as Hypothesis;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (item.best < this.#score(parent)) break;
      items[hole] = items[parent] as Hypothesis;
      hole = parent;
    }
    items[hole] = item;
  }
}
