/** Thrown when a text takes too many steps. */
export class OutOfFuel extends Error {}

/** The limits on nested calls, and on all calls of one match; each is kept. */
const MOST_LEVELS = 20_000;
const MOST_CALLS = 1_000_000;

interface Call {
  readonly back: number;
  readonly level: number;
  readonly outer: number;
}

/** The calls of groups, by number. They are immutable, so that backtracking finds its own. */
export class Calls {
  readonly #calls: Call[] = [];

  clear(): void {
    this.#calls.length = 0;
  }

  /**
   * @param back the step after the call
   * @param outer the enclosing call; -1 for none
   * @throws OutOfFuel
   */
  enter(back: number, outer: number): number {
    const level = outer < 0 ? 1 : this.#at(outer).level + 1;
    if (level > MOST_LEVELS || this.#calls.length >= MOST_CALLS) throw new OutOfFuel();
    return this.#calls.push({ back, level, outer }) - 1;
  }

  back(call: number): number {
    return this.#at(call).back;
  }

  outer(call: number): number {
    return this.#at(call).outer;
  }

  #at(call: number): Call {
    return this.#calls[call] as Call;
  }
}
