import { Machine, type State } from "./automaton/machine";
import type { Network } from "./automaton/network";
import type { Trie } from "./automaton/trie";
import type { Vocabulary } from "./vocabulary";

/** The most work for the states of one mask, about a second. */
const MOST_STEPS = 2_000_000;
/** The most states whose distance from an end is remembered. */
const MOST_ENDS = 50_000;
/** The most states that a search for an end visits where single bytes do not lead to one. */
const MOST_SEARCHED = 500;
/** The most tokens to an end that are looked for; beyond them, bytes are counted. */
const MOST_FOLLOWED = 1000;
/** The masks that are kept, in bits. */
const MASK_BITS = 2 ** 27;

/** The tokens that are possible in a state. */
export interface Mask {
  /** A bit for each token. */
  readonly bits: Uint32Array;
  /** The number of tokens. */
  readonly count: number;
  /** No token leads to a state with a larger distance from an end. */
  readonly farthest: number;
}

/** A grammar and a vocabulary: which tokens are possible where. */
export class TokenMachine {
  readonly machine: Machine;
  readonly vocabulary: Vocabulary;
  readonly #where: string;
  /** In the order of use. */
  readonly #masks = new Map<State, Map<Trie, Mask>>();
  readonly #mostMasks: number;
  /** The number of tokens to an end. */
  readonly #ends = new Map<State, number>();

  constructor(where: string, network: Network, live: Float64Array, vocabulary: Vocabulary) {
    this.#where = where;
    this.vocabulary = vocabulary;
    this.machine = new Machine(
      network,
      live,
      network.distances((byte) => vocabulary.writes(byte)),
    );
    this.#mostMasks = Math.max(16, Math.floor(MASK_BITS / (vocabulary.size + 1)));
  }

  /** The state after some bytes, or null. */
  after(state: State, bytes: Uint8Array): State | null {
    let at: State | null = state;
    for (const byte of bytes) {
      at = this.machine.after(at, byte);
      if (at === null) return null;
    }
    return at;
  }

  /**
   * The tokens after which an end can still be reached.
   *
   * @param room the number of tokens that fit, this one included
   */
  mask(state: State, trie: Trie, room: number): Mask {
    const all = this.#mask(state, trie);
    return all.farthest < room || room === Number.POSITIVE_INFINITY
      ? all
      : this.#select(state, trie, (next) => this.endsWithin(next, room - 1));
  }

  #mask(state: State, trie: Trie): Mask {
    let ofState = this.#masks.get(state);
    if (ofState === undefined) ofState = new Map();
    else this.#masks.delete(state);
    this.#masks.set(state, ofState);
    let mask = ofState.get(trie);
    if (mask === undefined) {
      mask = this.#select(state, trie, (next) => this.endsWithin(next, Number.POSITIVE_INFINITY));
      ofState.set(trie, mask);
    }
    if (this.#masks.size > this.#mostMasks) this.#masks.delete(this.#masks.keys().next().value!);
    return mask;
  }

  #select(state: State, trie: Trie, keeps: (next: State) => boolean): Mask {
    const bits = new Uint32Array((this.vocabulary.size + 31) >>> 5);
    let count = 0;
    let farthest = 0;
    const { first, ids } = trie;
    // Most tokens lead to few states.
    let last: State | undefined;
    let isLastKept = false;
    this.#walk(state, trie, (node, next) => {
      if (next !== last) {
        last = next;
        isLastKept = keeps(next);
        if (isLastKept) farthest = Math.max(farthest, next.distance);
      }
      if (!isLastKept) return;
      for (let i = first[node]!; i < first[node + 1]!; i++) {
        const id = ids[i]!;
        bits[id >>> 5]! |= 1 << (id & 31);
        count++;
      }
    });
    return { bits, count, farthest };
  }

  /** Visits the nodes of all tokens that the automaton can read. */
  #walk(state: State, trie: Trie, visit: (node: number, next: State) => void): void {
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

  /** Whether an end can be reached with a number of tokens. */
  endsWithin(state: State, room: number): boolean {
    if (state.distance <= room && state.distance < Number.POSITIVE_INFINITY) return true;
    const tokens = this.tokensToEnd(state, room);
    return tokens <= room && tokens < Number.POSITIVE_INFINITY;
  }

  /** A number of tokens that is enough to reach an end; Infinity if it is more than `most`, or if none is found. */
  tokensToEnd(state: State, most: number, trie = this.vocabulary.trie): number {
    const known = this.#known(state);
    if (trie !== this.vocabulary.trie && known !== 0) {
      let least = Number.POSITIVE_INFINITY;
      for (const next of this.nexts(state, trie).keys()) least = Math.min(least, this.tokensToEnd(next, most - 1));
      return 1 + least;
    }
    if (known !== undefined) return known;
    return state.distance < Number.POSITIVE_INFINITY ? this.#follow(state, most) : this.#search(state);
  }

  #known(state: State): number | undefined {
    return state.isComplete ? 0 : this.#ends.get(state);
  }

  /** Takes the token that leads nearest to an end, again and again. */
  #follow(state: State, most: number): number {
    const path: State[] = [];
    let at = state;
    let rest = this.#known(at);
    while (rest === undefined) {
      if (path.length >= most) return Number.POSITIVE_INFINITY;
      if (path.length >= MOST_FOLLOWED) return this.#remember(path, at.distance);
      path.push(at);
      at = this.#nearest(at);
      rest = this.#known(at);
    }
    return this.#remember(path, rest);
  }

  #nearest(state: State): State {
    let nearest = state;
    this.#walk(state, this.vocabulary.trie, (_, next) => {
      if (next.distance < nearest.distance) nearest = next;
    });
    return nearest;
  }

  /** Breadth first: some bytes are only in tokens with others. */
  #search(state: State): number {
    const before = new Map<State, State | undefined>([[state, undefined]]);
    const pathTo = (at: State): State[] => {
      const path: State[] = [];
      for (let step = before.get(at); step !== undefined; step = before.get(step)) path.unshift(step);
      return path;
    };
    for (const at of before.keys())
      for (const next of this.nexts(at, this.vocabulary.trie).keys()) {
        if (before.has(next)) continue;
        before.set(next, at);
        const isNear = next.distance < Number.POSITIVE_INFINITY;
        const rest = this.#known(next) ?? (isNear ? this.#follow(next, Number.POSITIVE_INFINITY) : undefined);
        if (rest !== undefined && rest < Number.POSITIVE_INFINITY) return this.#remember(pathTo(next), rest);
        if (before.size > MOST_SEARCHED) return Number.POSITIVE_INFINITY;
      }
    for (const dead of before.keys()) this.#ends.set(dead, Number.POSITIVE_INFINITY);
    return Number.POSITIVE_INFINITY;
  }

  /** The states after one token, each with such a token. */
  nexts(state: State, trie: Trie): Map<State, number> {
    const nexts = new Map<State, number>();
    this.#walk(state, trie, (node, next) => {
      if (!nexts.has(next)) nexts.set(next, trie.ids[trie.first[node]!]!);
    });
    return nexts;
  }

  #remember(path: readonly State[], rest: number): number {
    if (this.#ends.size > MOST_ENDS) this.#ends.clear();
    path.forEach((state, i) => {
      this.#ends.set(state, rest + path.length - i);
    });
    return rest + path.length;
  }
}
