import type { Machine, State } from "./automaton/machine";
import type { Trie } from "./automaton/trie";

/** The most work for the states of one mask, about a second. */
const MOST_STEPS = 2_000_000;

/** Reads all tokens of a vocabulary at once. */
export class Walker {
  readonly machine: Machine;
  readonly #where: string;

  constructor(where: string, machine: Machine) {
    this.#where = where;
    this.machine = machine;
  }

  /** Visits the nodes of all tokens that the automaton can read. */
  walk(state: State, trie: Trie, visit: (node: number, next: State) => void): void {
    const { machine } = this;
    const { byte, depth, skip, first, size } = trie;
    const { classOf } = machine.network;
    const path = new Array<State>(trie.height + 1);
    path[0] = state;
    const most = machine.steps + MOST_STEPS;
    for (let node = 0; node < size; ) {
      const level = depth[node]!;
      const before = path[level]!;
      let next = before.next[classOf[byte[node]!]!];
      if (next === undefined) {
        next = machine.after(before, byte[node]!);
        if (machine.steps > most)
          throw new RangeError(
            `${this.#where}: it has too many ways to go on: write it with fewer alternatives that begin alike`,
          );
      }
      if (next === null) {
        node = skip[node]!;
        continue;
      }
      path[level + 1] = next;
      if (first[node]! < first[node + 1]!) visit(node, next);
      node++;
    }
  }

  /** The states after one token, each with such a token. */
  nexts(state: State, trie: Trie): Map<State, number> {
    const nexts = new Map<State, number>();
    this.walk(state, trie, (node, next) => {
      if (!nexts.has(next)) nexts.set(next, trie.ids[trie.first[node]!]!);
    });
    return nexts;
  }
}
