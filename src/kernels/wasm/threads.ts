import type { Place } from "./region";

/** The kernels whose work threads share. Jobs refer to them by their place here. */
export const operations = [
  ...([
    "activate",
    "addNumbers",
    "addRows",
    "adamW",
    "attention",
    "attentionGradient",
    "choosePlaces",
    "crossEntropy",
    "crossEntropyGradient",
  ] as const),
  ...([
    "dropout",
    "helpSteps",
    "layerNorm",
    "layerNormGradient",
    "logSoftmax",
    "logSoftmaxGradient",
    "multiply",
  ] as const),
  ...([
    "multiplyFew",
    "multiplyMany",
    "multiplyQuantizedRow",
    "multiplyRow",
    "packEight",
    "packLeft",
    "rmsNorm",
    "rmsNormGradient",
    "rotary",
    "softmax",
    "softmaxGradient",
    "words",
  ] as const),
] as const;
export type Operation = (typeof operations)[number];

/** Work that can be split into independent parts. */
export interface Work {
  /** The number of columns or rows. */
  count: number;
  /** The approximate number of multiplications of each. */
  work: number;
  /** Parts start at multiples of this. */
  multiple: number;
  /** Scratch for each thread, if any. */
  scratch?: number;
  scratchBytes?: number;
  /** Whether parts may be small: a thread that begins late, or that the system interrupts, then delays the others less. */
  fine?: boolean;
  /** What the calling thread does before it takes parts. It must not throw: other threads are at work. */
  meanwhile?: (() => void) | undefined;
  /** The memories of what kernels call in the middle of this work. */
  also?: readonly Place[];
}

/** A worker of a page or of Node, Deno and Bun. */
export interface Helper {
  post(message: object): void;
  stop(): void;
  /** Settles when the worker has ended. */
  readonly ended: Promise<void>;
}

/** A part of fewer multiplications is not worth handing over. */
const SMALLEST_PART = 2 ** 15;
/** Parts for each thread. */
const PARTS = 4;
/** The same where parts may be small. */
const SMALLEST_FINE_PART = 2 ** 18;
const FINE_PARTS = 16;
/** Their number has eight bits. */
const MOST_PARTS = 255;
/** Milliseconds after which a worker that took a part counts as dead, and milliseconds added per multiplication. */
const LONGEST_WAIT = 20_000;
const SLOWEST = 1e-6;

/** The words of the control memory: (number of the job << 8 | parts left), parts done, whether one failed. */
const [TICKET, DONE, FAILED, AWAKE] = [0, 1, 2, 16];
/** Where the numbers of what kernels call in the middle of a job begin, and the ids of the memories in which that is. */
const [INNER, ALSO] = [32, 48];
const MOST_ALSO = 63 - ALSO;

/**
 * Threads that share the parts of a call. One atomic store announces a job. Free threads, including the calling one,
 * take the next part, so that a sleeping or late worker delays nobody. Results are the same to the bit for any number
 * of threads, because a part does not depend on who computes it.
 */
export class Pool {
  readonly #helpers: readonly Helper[];
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #known = new WeakSet<Place>();
  readonly #gone: FinalizationRegistry<number>;
  #job = 0;

  constructor(helpers: readonly Helper[], control: SharedArrayBuffer) {
    this.#helpers = helpers;
    this.#words = new Int32Array(control, 0, 80);
    this.#numbers = new Float64Array(control, 512, 64);
    this.#gone = new FinalizationRegistry((gone) => {
      for (const helper of helpers) helper.post({ gone });
    });
  }

  get threads(): number {
    return this.#helpers.length + 1;
  }

  /** Settles when the first worker has ended. */
  get ended(): Promise<void> {
    return Promise.race(this.#helpers.map((helper) => helper.ended));
  }

  stop(): void {
    for (const helper of this.#helpers) helper.stop();
  }

  /** @throws Error if a part failed or was never finished */
  run(
    place: Place,
    name: Operation,
    args: readonly number[],
    { count, work, scratch = 0, scratchBytes = 0, meanwhile, also = [] }: Work,
    grain: number,
  ): void {
    const parts = Math.ceil(count / grain);
    this.#introduce(place);
    for (const other of also) this.#introduce(other);
    this.#numbers.set([also.length, ...also.map(({ id }) => id)], ALSO);
    const operation = operations.indexOf(name);
    this.#numbers.set([place.id, operation, count, grain, scratch, scratchBytes, args.length, ...args]);
    Atomics.store(this.#words, DONE, 0);
    Atomics.store(this.#words, FAILED, 0);
    this.#job = (this.#job + 1) & 0x7fffff;
    Atomics.store(this.#words, TICKET, (this.#job << 8) | parts);
    this.#wake();
    const kernel = place.assembly[name]!;
    try {
      meanwhile?.();
      for (let left = this.#take(); left > 0; left = this.#take()) {
        const from = (left - 1) * grain;
        kernel(...args, from, Math.min(count, from + grain), scratch);
        Atomics.add(this.#words, DONE, 1);
      }
    } catch (cause) {
      // Workers may still be running.
      throw fail("a kernel failed", cause);
    }
    this.#join(parts, LONGEST_WAIT + grain * work * SLOWEST);
  }

  /** Says what `attendHeads` computes from now on. */
  brief(place: Place, name: Operation, args: readonly number[], { scratch = 0, scratchBytes = 0 }: Work): void {
    this.#numbers.set([place.id, operations.indexOf(name), scratch, scratchBytes, args.length, ...args], INNER);
  }

  /** Runs the next part. @returns the number of parts that were left, 0 if none */
  #take(): number {
    for (;;) {
      const ticket = Atomics.load(this.#words, TICKET);
      if ((ticket & 255) === 0) return 0;
      if (Atomics.compareExchange(this.#words, TICKET, ticket, ticket - 1) === ticket) return ticket & 255;
    }
  }

  #introduce(place: Place): void {
    if (this.#known.has(place)) return;
    this.#known.add(place);
    this.#gone.register(place, place.id);
    for (const helper of this.#helpers) helper.post({ id: place.id, memory: place.memory, module: place.module });
  }

  #wake(): void {
    for (const [i, helper] of this.#helpers.entries())
      if (Atomics.compareExchange(this.#words, AWAKE + i + 1, 0, 1) === 0) helper.post({});
  }

  #join(parts: number, patience: number): void {
    let began = 0;
    for (let turn = 1; Atomics.load(this.#words, DONE) < parts; turn++) {
      if (turn % 4096 !== 0) continue;
      began ||= performance.now();
      if (performance.now() - began > patience) throw fail("a worker thread does not answer");
    }
    if (Atomics.load(this.#words, FAILED) !== 0) throw fail("a worker thread failed");
  }
}

/** The kernels continue with one thread. */
function fail(what: string, cause?: unknown): Error {
  usePool(undefined);
  return new Error(`kernels: ${what}; the call failed, and later calls run on one thread`, { cause });
}

let pool: Pool | undefined;

/** Makes later calls use this pool, or no threads, and stops the previous pool. */
export function usePool(next: Pool | undefined): void {
  pool?.stop();
  pool = next;
  // If a worker ends by itself, the whole pool is dropped.
  next?.ended.then(() => pool === next && usePool(undefined));
}

export const threadCount = (): number => pool?.threads ?? 1;

/**
 * The columns or rows of each part of some work, except the last.
 *
 * @param each the largest number of parts for each thread: if they are a few, a delayed thread takes fewer
 */
export function grainOf({ count, work, multiple, fine }: Work, each = PARTS): number {
  const threads = threadCount();
  const coarse = Math.min(each * threads, Math.floor((count * work) / SMALLEST_PART));
  const small = fine ? Math.min(FINE_PARTS * threads, MOST_PARTS, Math.floor((count * work) / SMALLEST_FINE_PART)) : 0;
  const worthy = Math.max(1, coarse, small);
  // As many for each, or threads would wait for the last part.
  const parts = worthy < threads ? worthy : worthy - (worthy % threads);
  return Math.ceil(count / parts / multiple) * multiple;
}

/** Calls a kernel on all of its work: `name(...args, from, to, scratch)`. */
export function dispatch(place: Place, name: Operation, args: readonly number[], work: Work): void {
  const grain = pool && (work.also?.length ?? 0) <= MOST_ALSO ? grainOf(work) : work.count;
  if (pool && grain < work.count) pool.run(place, name, args, work, grain);
  else {
    work.meanwhile?.();
    place.assembly[name]!(...args, 0, work.count, work.scratch ?? 0);
  }
}

/** Says what kernels in the middle of the next job call, for threads that help with it. */
export function brief(place: Place, name: Operation, args: readonly number[], work: Work): void {
  pool?.brief(place, name, args, work);
}
