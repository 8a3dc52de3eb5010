import { abortable } from "../abortable";
import { describe, wrongKind } from "../checks";
import { type Random, random } from "../tensor";

/**
 * The source of batches: a list or stream, or a function of the batch's number, counted from 0. The function may draw
 * from `rng`, which depends only on the seed and that number.
 */
export type Batches<Batch> =
  | Iterable<Batch | Promise<Batch>>
  | AsyncIterable<Batch>
  | ((index: number, rng: Random) => Batch | Promise<Batch>);

type BatchIterator<Batch> = Iterator<Batch | Promise<Batch>> | AsyncIterator<Batch>;

/** @throws TypeError unless it is a source of batches */
export function expectBatches(where: string, name: string, value: unknown): void {
  if (/GeneratorFunction/.test(Object.prototype.toString.call(value)))
    throw new TypeError(`${where}: ${name} is a generator function; call it, ${name}: f()`);
  if (typeof value === "function") return;
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value || Symbol.asyncIterator in value))
    throw wrongKind(where, name, "iterable or a function of the batch's number", value);
}

export interface SourceOptions {
  seed: number;
  /** The number of batches needed, for a message. */
  needed: number;
  signal: AbortSignal | undefined;
}

/** Takes batches one at a time; stops waiting once the signal is aborted. */
export class BatchSource<Batch> {
  readonly #take: (index: number) => Promise<Batch>;
  readonly #iterator: BatchIterator<Batch> | undefined;
  readonly #options: SourceOptions;
  #index = 0;
  #open = true;

  constructor(batches: Batches<Batch>, options: SourceOptions) {
    this.#options = options;
    if (typeof batches === "function") {
      const seeded = random(options.seed).stream("batches");
      this.#take = async (index) => batches(index, seeded.stream(String(index)));
    } else {
      this.#iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
      this.#take = () => this.#following(this.#iterator!);
    }
  }

  /** @throws RangeError if there is no next batch; the signal's reason if it is aborted before the batch arrives */
  async next(): Promise<Batch> {
    const batch = await abortable(this.#options.signal, async () => this.#take(this.#index));
    this.#index++;
    return batch;
  }

  /** Skips the first batches. A function is not called for them. */
  async skip(count: number): Promise<void> {
    while (this.#iterator !== undefined && this.#index < count) await this.next();
    this.#index = count;
  }

  /** Lets an iterator clean up, and waits for it unless aborted: it may still be waiting for a batch. */
  async close(): Promise<void> {
    const iterator = this.#iterator;
    if (iterator?.return === undefined || !this.#open) return;
    this.#open = false;
    const closing = (async () => void (await iterator.return?.()))();
    closing.catch(() => {});
    const { signal } = this.#options;
    if (!signal?.aborted) await abortable(signal, async () => closing);
  }

  async #following(iterator: BatchIterator<Batch>): Promise<Batch> {
    let found: IteratorResult<Batch | Promise<Batch>>;
    try {
      found = await iterator.next();
    } catch (error) {
      this.#open = false;
      throw error;
    }
    if (typeof found !== "object" || found === null)
      throw new TypeError(`train: the iterator of batches returned ${describe(found)}, not { value, done }`);
    if (found.done) {
      this.#open = false;
      throw new RangeError(`train: the batches ended after ${this.#index}, but ${this.#options.needed} are needed`);
    }
    return found.value;
  }
}
