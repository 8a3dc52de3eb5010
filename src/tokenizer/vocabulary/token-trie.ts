import { pairHash } from "./hash";

/** Enough edges for a vocabulary of a few hundred tokens; the table doubles when it is half full. */
const INITIAL_CAPACITY = 1 << 10;
const ROOT = 0;
const NONE = -1;

/**
 * The tokens of a vocabulary by their UTF-16 code units. The edges of all nodes share one hash table of integers,
 * because a quarter of a million tokens would otherwise be as many objects.
 */
export class TokenTrie {
  #nodes = 1;
  #values = new Int32Array(INITIAL_CAPACITY).fill(NONE);
  #parents = new Int32Array(INITIAL_CAPACITY).fill(NONE);
  #units = new Uint16Array(INITIAL_CAPACITY);
  #children = new Int32Array(INITIAL_CAPACITY);

  /** No node. */
  static readonly NONE = NONE;
  static readonly ROOT = ROOT;

  set(token: string, value: number): void {
    let node = ROOT;
    for (let i = 0; i < token.length; i++) node = this.#addChild(node, token.charCodeAt(i));
    this.#values[node] = value;
  }

  /** The node that a code unit leads to, or {@link TokenTrie.NONE}. */
  child(node: number, unit: number): number {
    const slot = this.#slot(node, unit);
    return this.#parents[slot] === NONE ? NONE : (this.#children[slot] as number);
  }

  /** The value of the token that ends at a node, or {@link TokenTrie.NONE}. */
  value(node: number): number {
    return this.#values[node] as number;
  }

  #addChild(node: number, unit: number): number {
    const slot = this.#slot(node, unit);
    if (this.#parents[slot] !== NONE) return this.#children[slot] as number;
    const child = this.#nodes++;
    this.#parents[slot] = node;
    this.#units[slot] = unit;
    this.#children[slot] = child;
    if (this.#nodes * 2 > this.#parents.length) this.#grow();
    return child;
  }

  /** The slot of an edge, or the free slot for it. */
  #slot(node: number, unit: number): number {
    const mask = this.#parents.length - 1;
    let slot = pairHash(node, unit) & mask;
    while (this.#parents[slot] !== NONE && (this.#parents[slot] !== node || this.#units[slot] !== unit)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [parents, units, children] = [this.#parents, this.#units, this.#children];
    const capacity = parents.length * 2;
    const values = new Int32Array(capacity).fill(NONE);
    values.set(this.#values);
    this.#values = values;
    this.#parents = new Int32Array(capacity).fill(NONE);
    this.#units = new Uint16Array(capacity);
    this.#children = new Int32Array(capacity);
    for (let old = 0; old < parents.length; old++) {
      if (parents[old] === NONE) continue;
      const slot = this.#slot(parents[old] as number, units[old] as number);
      this.#parents[slot] = parents[old] as number;
      this.#units[slot] = units[old] as number;
      this.#children[slot] = children[old] as number;
    }
  }
}
