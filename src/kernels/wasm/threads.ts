import type { Region } from "./region";

/** Work that falls into parts which do not depend on each other. */
export interface Work {
  /** How many columns or rows there are. */
  count: number;
  /** About how many multiplications each of them takes. */
  work: number;
  /** Parts begin at multiples of this. */
  multiple: number;
  /** Scratch for each thread, if any. */
  scratch?: number;
  scratchBytes?: number;
}

/** A worker of a page or of Node, Deno and Bun. */
export interface Helper {
  post(message: object): void;
  stop(): void;
  /** Settles when the worker has ended. */
  readonly ended: Promise<void>;
}

/** Below so many multiplications a part is not worth handing over. */
const SMALLEST_PART = 2 ** 15;
/** Milliseconds after which a worker that took a part counts as dead, and those that so many multiplications add. */
const LONGEST_WAIT = 20_000;
const SLOWEST = 1e-6;

/** Where the words of the control memory are: (number of the job << 8 | parts left), parts done, whether one failed. */
const [TICKET, DONE, FAILED, AWAKE] = [0, 1, 2, 16];

/**
 * Threads that share the parts of a call. A job is announced by one atomic store; whoever is free takes the next part,
 * the calling thread too, so that a worker that sleeps or comes late holds nobody up. What a part computes does not
 * depend on who computes it: results are the same to the bit for any number of threads.
 */
export class Pool {
  readonly #helpers: readonly Helper[];
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #known = new WeakSet<Region>();
  readonly #gone: FinalizationRegistry<number>;
  readonly #operations: readonly string[];
  #job = 0;

  /** @param operations what the kernels export, by whose places jobs name them */
  constructor(helpers: readonly Helper[], control: SharedArrayBuffer, operations: readonly string[]) {
    this.#helpers = helpers;
    this.#words = new Int32Array(control, 0, 80);
    this.#numbers = new Float64Array(control, 512, 64);
    this.#operations = operations;
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

  /** @throws Error if a part failed or never came back */
  run(
    region: Region,
    name: string,
    args: readonly number[],
    { count, work, scratch = 0, scratchBytes = 0 }: Work,
    grain: number,
  ): void {
    const parts = Math.ceil(count / grain);
    this.#introduce(region);
    const operation = this.#operations.indexOf(name);
    this.#numbers.set([region.id, operation, count, grain, scratch, scratchBytes, args.length, ...args]);
    Atomics.store(this.#words, DONE, 0);
    Atomics.store(this.#words, FAILED, 0);
    this.#job = (this.#job + 1) & 0x7fffff;
    Atomics.store(this.#words, TICKET, (this.#job << 8) | parts);
    this.#wake();
    const kernel = region.assembly[name]!;
    try {
      for (let left = this.#take(); left > 0; left = this.#take()) {
        const from = (left - 1) * grain;
        kernel(...args, from, Math.min(count, from + grain), scratch);
        Atomics.add(this.#words, DONE, 1);
      }
    } catch (cause) {
      // Workers may still be at theirs.
      throw fail("a kernel failed", cause);
    }
    this.#join(parts, LONGEST_WAIT + grain * work * SLOWEST);
  }

  /** Takes the next part. @returns how many were left, 0 if none */
  #take(): number {
    for (;;) {
      const ticket = Atomics.load(this.#words, TICKET);
      if ((ticket & 255) === 0) return 0;
      if (Atomics.compareExchange(this.#words, TICKET, ticket, ticket - 1) === ticket) return ticket & 255;
    }
  }

  #introduce(region: Region): void {
    if (this.#known.has(region)) return;
    this.#known.add(region);
    this.#gone.register(region, region.id);
    for (const helper of this.#helpers) helper.post({ id: region.id, memory: region.memory, module: region.module });
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

/** The kernels go on with one thread. */
function fail(what: string, cause?: unknown): Error {
  usePool(undefined);
  return new Error(`kernels: ${what}; the call has no result, and later ones run on one thread`, { cause });
}

let pool: Pool | undefined;

/** Makes later calls share their work with this pool, or with nobody, and stops the one before. */
export function usePool(next: Pool | undefined): void {
  pool?.stop();
  pool = next;
  // One that ends by itself takes no more parts: the others are not worth keeping.
  next?.ended.then(() => pool === next && usePool(undefined));
}

export const threadCount = (): number => pool?.threads ?? 1;

/** Calls a kernel on all of its work: `name(...args, from, to, scratch)`. */
export function dispatch(region: Region, name: string, args: readonly number[], work: Work): void {
  const threads = threadCount();
  // A few parts for each thread: one that is held up takes fewer.
  const even = Math.ceil(work.count / (threads * 4));
  const grain = Math.ceil(Math.max(even, SMALLEST_PART / work.work) / work.multiple) * work.multiple;
  if (pool && grain < work.count) pool.run(region, name, args, work, grain);
  else region.assembly[name]!(...args, 0, work.count, work.scratch ?? 0);
}
