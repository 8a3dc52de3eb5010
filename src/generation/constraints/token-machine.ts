import { Machine, type State } from "./automaton/machine";
import type { Network } from "./automaton/network";
import type { Trie } from "./automaton/trie";
import { TokenDistances } from "./token-distances";
import type { Vocabulary } from "./vocabulary";
import { Walker } from "./walker";

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
  readonly distances: TokenDistances;
  readonly walker: Walker;
  /** In the order of use. */
  readonly #masks = new Map<State, Map<Trie, Mask>>();
  readonly #mostMasks: number;

  constructor(where: string, network: Network, live: Float64Array, vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.machine = new Machine(
      network,
      live,
      network.distances((byte) => vocabulary.writes(byte)),
    );
    this.walker = new Walker(where, this.machine);
    this.distances = new TokenDistances(this.walker, vocabulary.trie);
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
      : this.#select(state, trie, (next) => this.distances.endsWithin(next, room - 1));
  }

  #mask(state: State, trie: Trie): Mask {
    let ofState = this.#masks.get(state);
    if (ofState === undefined) ofState = new Map();
    else this.#masks.delete(state);
    this.#masks.set(state, ofState);
    let mask = ofState.get(trie);
    if (mask === undefined) {
      mask = this.#select(state, trie, (next) => this.distances.endsWithin(next, Number.POSITIVE_INFINITY));
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
    this.walker.walk(state, trie, (node, next) => {
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
}
