import type { Call, Network } from "./network";
import { keyOf, nameOf, type OpenReturn, OpenStack, type Return, type Stack, WHOLE } from "./stack";

/** The most steps that are taken without reading. */
const MOST_STEPS = 50_000;

/** A node of the network, and where its rule returns. */
export interface Place<S = Stack> {
  readonly node: number;
  readonly stack: S;
}

/** Reads nothing: finds all places that the automaton may be in before the next byte. */
export class Closure {
  readonly #network: Network;
  readonly #live: (node: number) => boolean;
  readonly #open = new Map<number, OpenStack>();
  readonly #seen = new Set<string>();
  readonly #waiting: Place<Stack | OpenStack>[] = [];
  steps = 0;
  /** Places that read a byte. */
  readonly readers = new Map<string, Place<Stack | OpenStack>>();
  /** Whether the text may end here. */
  isComplete = false;

  /** @param live whether an end can be reached from a node */
  constructor(network: Network, live: (node: number) => boolean, places: readonly Place[]) {
    this.#network = network;
    this.#live = live;
    for (const { node, stack } of places) this.#enter(node, stack);
    for (let place = this.#waiting.pop(); place !== undefined; place = this.#waiting.pop()) this.#read(place);
  }

  #enter(node: number, stack: Stack | OpenStack): void {
    this.#count();
    const key = `${node},${nameOf(stack)}`;
    if (!this.#live(node) || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#waiting.push({ node, stack });
  }

  #count(): void {
    if (++this.steps > MOST_STEPS)
      throw new RangeError(
        `${this.#network.where}: it is too ambiguous: the text so far can be read in more than ${MOST_STEPS} ways`,
      );
  }

  #read({ node, stack }: Place<Stack | OpenStack>): void {
    const { readers, calls, isFinal } = this.#network.reach(node);
    for (const reader of readers)
      if (this.#live(reader)) this.readers.set(`${reader},${nameOf(stack)}`, { node: reader, stack });
    for (const call of calls) this.#call(call, 0, stack);
    if (isFinal) this.#end(stack);
  }

  #call(call: Call, count: number, stack: Stack | OpenStack): void {
    const start = this.#network.start(call.rule);
    if (!this.#live(start) || !this.#live(call.to)) return;
    let open = this.#open.get(call.rule);
    if (open === undefined) {
      open = new OpenStack(call.rule);
      this.#open.set(call.rule, open);
      this.#enter(start, open);
    }
    if (call.most === 1 && this.#isLast(call)) this.#inherit(open, stack);
    else this.#addReturn(open, { call: call.id, count, stack, hasRead: call.most === 1 });
  }

  /** Nothing is left to do after the call, so it returns where its caller does: lists do not pile up stacks. */
  #inherit(open: OpenStack, stack: Stack | OpenStack): void {
    if (stack instanceof OpenStack) {
      stack.inheritors.add(open);
      for (const each of [...stack.returns.values()]) this.#addReturn(open, each);
    } else for (const each of stack.returns) this.#addReturn(open, { ...each, hasRead: true });
  }

  #isLast({ to }: Call): boolean {
    const { readers, calls, isFinal } = this.#network.reach(to);
    return isFinal && readers.length === 0 && calls.length === 0;
  }

  #addReturn(open: OpenStack, added: OpenReturn): void {
    this.#count();
    const key = `${added.hasRead ? "" : "!"}${keyOf(added)}`;
    if (open.returns.has(key)) return;
    open.returns.set(key, added);
    if (open.isEmptyMatch) this.#return(added, added.hasRead);
    for (const inheritor of open.inheritors) this.#addReturn(inheritor, added);
  }

  /** The rule ends. */
  #end(stack: Stack | OpenStack): void {
    if (stack instanceof OpenStack) {
      stack.isEmptyMatch = true;
      for (const each of [...stack.returns.values()]) this.#return(each, each.hasRead);
    } else for (const each of stack.returns) this.#return(each, true);
  }

  /** @param hasRead whether anything was read since the call */
  #return({ call, count, stack }: Return<Stack | OpenStack>, hasRead: boolean): void {
    if (call === WHOLE) {
      this.isComplete = true;
      return;
    }
    const made = this.#network.calls[call]!;
    const done = count + 1;
    // A body that can be empty can be so as often as needed.
    if (done >= made.least || !hasRead) this.#enter(made.to, stack);
    // Beyond the least number, an unlimited repetition need not count.
    if (hasRead && done < made.most)
      this.#call(made, Number.isFinite(made.most) ? done : Math.min(done, made.least), stack);
  }
}
