import { Closure, type Place } from "./closure";
import type { Network } from "./network";
import { keyOf, OpenStack, type Return, type Stack, WHOLE } from "./stack";

/** The most states that are kept; older ones are built again when needed. */
const MOST_STATES = 20_000;

/** All places that the automaton may be in after a text. Equal states are the same object as long as they are kept. */
export class State {
  readonly places: readonly Place[];
  /** Whether the text may end here. */
  readonly isComplete: boolean;
  /** The least number of bytes to an end, each written as a token of its own; Infinity if that is impossible. */
  readonly distance: number;
  /** The states after a byte of each class; null if there is none. */
  readonly next: (State | null | undefined)[];

  constructor(places: readonly Place[], isComplete: boolean, distance: number, classes: number) {
    this.places = places;
    this.isComplete = isComplete;
    this.distance = distance;
    this.next = new Array<State | null | undefined>(classes).fill(undefined);
  }
}

/**
 * Recognizes the texts of a grammar byte by byte. States are made when they are first reached, like the lazy states of a
 * regular expression, and have stacks for what is recursive.
 *
 * @see Earley 1970, An Efficient Context-Free Parsing Algorithm
 */
export class Machine {
  readonly network: Network;
  readonly start: State;
  /** The work that was done to find states. */
  steps = 0;
  /** The least number of bytes from each node to the end of its rule. */
  readonly #distances: Float64Array;
  readonly #live: (node: number) => boolean;
  readonly #states = new Map<string, State>();
  readonly #stacks = new Map<string, Stack>();
  #nextStack = 0;

  /**
   * @param live whether an end can be reached from a node, with any bytes
   * @param distances the bytes to the end of its rule, with those that can be written on their own
   */
  constructor(network: Network, live: Float64Array, distances: Float64Array) {
    this.network = network;
    this.#live = (node) => live[node]! < Number.POSITIVE_INFINITY;
    this.#distances = distances;
    const bottom: Stack = { id: this.#nextStack++, rule: -1, returns: [], distance: 0 };
    const whole: Return = { call: WHOLE, count: 0, stack: bottom };
    const stack: Stack = { id: this.#nextStack++, rule: 0, returns: [whole], distance: 0 };
    this.start = this.#stateOf([{ node: network.start(0), stack }]);
  }

  /** The state after a byte, or null if the byte is not possible. */
  after(state: State, byte: number): State | null {
    const byteClass = this.network.classOf[byte]!;
    const known = state.next[byteClass];
    if (known !== undefined) return known;
    const places = state.places.flatMap(({ node, stack }) =>
      this.network.after(node, byteClass).map((to) => ({ node: to, stack })),
    );
    const made = places.length === 0 ? null : this.#stateOf(places);
    const next = made && made.places.length === 0 && !made.isComplete ? null : made;
    state.next[byteClass] = next;
    return next;
  }

  #stateOf(places: readonly Place[]): State {
    const { readers, isComplete, steps } = new Closure(this.network, this.#live, places);
    this.steps += steps;
    if (this.#states.size + this.#stacks.size > MOST_STATES) this.#forget();
    const fixed = new Map<OpenStack, Stack>();
    const found = Array.from(readers.values(), ({ node, stack }) => ({ node, stack: this.#fix(stack, fixed) }));
    this.#measure(fixed);
    const key = `${isComplete}${found
      .map(({ node, stack }) => `${node},${stack.id}`)
      .sort()
      .join(" ")}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const distance = isComplete
      ? 0
      : found.reduce((least, { node, stack }) => Math.min(least, this.#distances[node]! + stack.distance), Infinity);
    const state = new State(found, isComplete, distance, this.network.members.length);
    this.#states.set(key, state);
    return state;
  }

  /** States in use stay valid: what they lead to is made again. */
  #forget(): void {
    for (const state of this.#states.values()) state.next.fill(undefined);
    this.#states.clear();
    this.#stacks.clear();
  }

  /** Makes an open stack final, or finds the equal one. */
  #fix(stack: Stack | OpenStack, fixed: Map<OpenStack, Stack>): Stack {
    if (!(stack instanceof OpenStack)) return stack;
    const done = fixed.get(stack);
    if (done !== undefined) return done;
    const key = contentOf(stack);
    const known = this.#stacks.get(key);
    if (known !== undefined) {
      fixed.set(stack, known);
      return known;
    }
    const returns: Return[] = [];
    const made: Stack = { id: this.#nextStack++, rule: stack.rule, returns, distance: Number.POSITIVE_INFINITY };
    this.#stacks.set(key, made);
    fixed.set(stack, made);
    // Something will have been read when the rule ends, so returns that differ only in that are one.
    const distinct = new Map(Array.from(stack.returns.values(), (each) => [keyOf(each), each]));
    for (const { call, count, stack: below } of distinct.values())
      returns.push({ call, count, stack: this.#fix(below, fixed) });
    return made;
  }

  /** Computes the distances of stacks; cycles need several rounds. */
  #measure(fixed: ReadonlyMap<OpenStack, Stack>): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const stack of fixed.values()) {
        const distance = stack.returns.reduce((least, each) => Math.min(least, this.#distanceOf(each)), Infinity);
        if (distance >= stack.distance) continue;
        stack.distance = distance;
        changed = true;
      }
    }
  }

  #distanceOf({ call, count, stack }: Return): number {
    if (call === WHOLE) return 0;
    const { rule, least, to } = this.network.calls[call]!;
    const missing = Math.max(0, least - count - 1);
    const repeated = missing === 0 ? 0 : missing * this.#distances[this.network.start(rule)]!;
    return repeated + this.#distances[to]! + stack.distance;
  }
}

/** What tells a stack from others: its returns, and those of the open stacks that they lead to. */
function contentOf(stack: OpenStack): string {
  const reached = new Set([stack]);
  for (const each of reached)
    for (const { stack: next } of each.returns.values()) if (next instanceof OpenStack) reached.add(next);
  const [first, ...others] = reached;
  others.sort((a, b) => a.rule - b.rule);
  return [first!, ...others].map(written).join("|");
}

const written = ({ rule, returns }: OpenStack): string => {
  const keys = new Set(Array.from(returns.values(), keyOf));
  return `${rule}:${[...keys].sort().join(" ")}`;
};
