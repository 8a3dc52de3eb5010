import type { State } from "./automaton/machine";
import type { Trie } from "./automaton/trie";
import type { Walker } from "./walker";

/** The most states whose distance from an end is remembered. */
const MOST_ENDS = 50_000;
/** The most states that a search for an end visits where single bytes do not lead to one. */
const MOST_SEARCHED = 500;
/** The most tokens to an end that are looked for; beyond them, bytes are counted. */
const MOST_FOLLOWED = 1000;

/** How many tokens lead from a state to an end. */
export class TokenDistances {
  readonly #walker: Walker;
  /** The tokens of a vocabulary, after others. */
  readonly #trie: Trie;
  /** The number of tokens to an end. */
  readonly #ends = new Map<State, number>();

  constructor(walker: Walker, trie: Trie) {
    this.#walker = walker;
    this.#trie = trie;
  }

  /** Whether an end can be reached with a number of tokens. */
  endsWithin(state: State, room: number): boolean {
    if (state.distance <= room && state.distance < Number.POSITIVE_INFINITY) return true;
    const tokens = this.tokensToEnd(state, room);
    return tokens <= room && tokens < Number.POSITIVE_INFINITY;
  }

  /** A number of tokens that is enough to reach an end; Infinity if it is more than `most`, or if none is found. */
  tokensToEnd(state: State, most: number, trie = this.#trie): number {
    const known = this.#known(state);
    if (trie !== this.#trie && known !== 0) {
      let least = Number.POSITIVE_INFINITY;
      for (const next of this.#walker.nexts(state, trie).keys())
        least = Math.min(least, this.tokensToEnd(next, most - 1));
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
    this.#walker.walk(state, this.#trie, (_, next) => {
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
      for (const next of this.#walker.nexts(at, this.#trie).keys()) {
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

  #remember(path: readonly State[], rest: number): number {
    if (this.#ends.size > MOST_ENDS) this.#ends.clear();
    path.forEach((state, i) => {
      this.#ends.set(state, rest + path.length - i);
    });
    return rest + path.length;
  }
}
