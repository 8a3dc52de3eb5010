import { type Checks, checkOptions, describe, numberIn, wrongKind } from "../checks";
import { add, multiply, type Parameter, Tensor } from "../tensor";
import { recorded } from "../tensor/gradient";
import type { Mean } from "../tensor/means";
import { scaled } from "./gradients";

/** A loss that says itself what it counts. */
export interface CountedLoss {
  /** The mean over what counts. */
  loss: Tensor;
  /** How much counts, such as the number of targets that are not ignored: the batch's weight in an accumulated step. */
  count: number;
}

const checks: Checks<CountedLoss> = {
  loss: (where, name, value) => {
    if (!(value instanceof Tensor)) throw wrongKind(where, name, "a Tensor", value);
  },
  count: numberIn({ least: 0 }),
};

/** The mean loss and gradients of a step's batches, Σ nᵢ gᵢ / Σ nᵢ with nᵢ targets that count: as one batch of all. */
export class Average {
  readonly #step: number;
  readonly #accumulate: number;
  readonly #over: ReadonlyMap<string, Parameter>;
  /** Of the first batch that counts. */
  #first: readonly Mean[] | undefined;
  /** Whether anything counts in any batch so far. */
  #counts = false;
  #loss = 0;
  #weight = 0;
  #sums = new Map<string, Tensor>();

  constructor(step: number, accumulate: number, over: ReadonlyMap<string, Parameter>) {
    this.#step = step;
    this.#accumulate = accumulate;
    this.#over = over;
  }

  /** Computes a batch's loss and gradients. @throws Error naming the step if the loss is not finite */
  add(loss: () => unknown): void {
    let count: number | undefined;
    const { value, depends, means, countsNothing, gradients } = recorded(
      "train: loss",
      [...this.#over.values()],
      () => {
        const given = loss();
        if (given instanceof Tensor) return given;
        expectCounted(given);
        count = given.count;
        return given.loss;
      },
    );
    if (!depends)
      throw new RangeError(
        `train: the loss depends on no parameter that is trained, at step ${this.#step}; compute it with the model that train was given, from tensors and not from their numbers`,
      );
    if (count ?? !countsNothing()) this.#counts = true;
    const weight = this.#weigh(count === undefined ? means() : [{ count, scale: 1 }]);
    // A batch in which nothing counts has no loss, 0 / 0.
    if (weight === 0) return;
    const number = value.item();
    if (!Number.isFinite(number))
      throw new Error(
        `train: the loss is ${number} at step ${this.#step}; the model is as it was before that step. Try a lower learning rate, a warmup or clip`,
      );
    const found = gradients();
    for (const [path, parameter] of this.#over) this.#sum(path, found.get(parameter), weight);
    this.#loss += weight * number;
    this.#weight += weight;
  }

  /** @throws RangeError if nothing counts in any of the batches */
  result(): { loss: number; gradients: Map<string, Tensor> } {
    if (this.#weight === 0 || !this.#counts)
      throw new RangeError(
        `train: no target counts at step ${this.#step}: ${this.#accumulate === 1 ? "its batch has" : "its batches have"} nothing but targets that are ignored or weigh 0. The model is as it was before that step; leave such batches out, or give { loss, count } if something else counts`,
      );
    const gradients = this.#weight === 1 ? this.#sums : scaled(this.#sums, 1 / this.#weight);
    return { loss: this.#loss / this.#weight, gradients };
  }

  #sum(path: string, gradient: Tensor, weight: number): void {
    const part: Tensor = weight === 1 ? gradient : multiply(gradient, weight);
    const sum = this.#sums.get(path);
    this.#sums.set(path, sum ? add<readonly number[], readonly number[]>(sum, part) : part);
  }

  /** The weight of a batch, that of the first one being 1; 0 if nothing counts. */
  #weigh(means: readonly Mean[] | undefined): number {
    const counts = means?.map(({ count }) => count) ?? [];
    if (this.#accumulate === 1) return counts.includes(0) ? 0 : 1;
    if (means === undefined || means.length === 0)
      throw uncounted("this loss does not show how many: it is no mean, nor a sum of means");
    if (counts.every((count) => count === 0)) return 0;
    this.#first ??= means;
    const weight = counts[0]! / this.#first[0]!.count;
    const fits = (first: Mean | undefined, { count, scale }: Mean) =>
      first !== undefined && close(count, weight * first.count) && close(scale, first.scale);
    if (means.length !== this.#first.length || !means.every((mean, i) => fits(this.#first?.[i], mean)))
      throw uncounted("this loss is a sum of means whose counts or factors are in other proportions in other batches");
    return weight;
  }
}

/** Counts and factors are float32. */
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.abs(b);

const uncounted = (reason: string): TypeError =>
  new TypeError(
    `train: with accumulate, a batch weighs as much as it has targets that count, and ${reason}. Give { loss, count } as the loss, with the number that its mean is over`,
  );

function expectCounted(given: unknown): asserts given is CountedLoss {
  if (given instanceof Promise)
    throw new TypeError("train: loss must give a Tensor at once, not a promise; what takes time belongs in batches");
  if (typeof given !== "object" || given === null || !("loss" in given))
    throw new TypeError(`train: loss must give a Tensor or { loss, count }, not ${describe(given)}`);
  checkOptions("train: loss", given, checks, ["loss", "count"]);
}
