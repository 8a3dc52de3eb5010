import { type Checks, checkOptions, describe, numberIn, wrongKind } from "../checks";
import { add, type Gradients, type Parameter, type Shape, Tensor } from "../tensor";
import type { Mean } from "../tensor/internal";
import { type Recorded, recorded } from "../tensor/internal";
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

/** A mean that losses of a step have in common, over all of its batches so far. */
interface Part {
  /** Of the first batch in which it counts. */
  readonly first: Pick<Mean, "count" | "scale">;
  weight: number;
  loss: number;
  sums: Map<string, Tensor>;
}

/**
 * The loss and gradients of a step's batches, as of one batch of all: Σ nᵢ gᵢ / Σ nᵢ with nᵢ targets that count, for each
 * mean that the loss is a sum of.
 */
export class Average {
  readonly #step: number;
  readonly #accumulate: number;
  readonly #over: ReadonlyMap<string, Parameter>;
  /** How many means the loss is a sum of, once that is known. */
  #means: number | undefined;
  readonly #parts = new Map<number, Part>();
  /** What batches of which all means count had beside them, and how many these were. */
  #beside = 0;
  #batches = 0;
  /** Whether anything counts in any batch so far. */
  #counts = false;

  constructor(step: number, accumulate: number, over: ReadonlyMap<string, Parameter>) {
    this.#step = step;
    this.#accumulate = accumulate;
    this.#over = over;
  }

  /** Computes a batch's loss and gradients. @throws Error naming the step if the loss is not finite */
  add(loss: () => unknown): void {
    let count: number | undefined;
    const found = recorded("train: loss", [...this.#over.values()], () => {
      const given = loss();
      if (given instanceof Tensor) return given;
      expectCounted(given);
      count = given.count;
      return given.loss;
    });
    if (!found.depends)
      throw new RangeError(
        `train: the loss depends on no parameter that is trained, at step ${this.#step}; compute it with the model that train was given, from tensors and not from their numbers`,
      );
    if (count ?? !found.countsNothing()) this.#counts = true;
    const means = count === undefined ? this.#meansOf(found) : [whole(found, count)];
    this.#means ??= means.length;
    if (means.length !== this.#means)
      throw uncounted(`this loss is a sum of ${means.length} means, and of ${this.#means} in another batch`);
    if (means.length === 1) {
      const [{ count: counted, scale }] = means as [Mean];
      this.#addMean(0, { ...whole(found, counted), scale }, found.gradients);
      return;
    }
    for (const [i, mean] of means.entries()) this.#addMean(i, mean, () => found.gradientsOf(mean));
    // What is beside the means does not depend on the model.
    const beside = found.value.item() - means.reduce((sum, { factor, of }) => sum + factor * of.item(), 0);
    if (Number.isNaN(beside)) return;
    this.#beside += beside;
    this.#batches++;
  }

  /** @throws RangeError if nothing counts in any of the batches */
  result(): { loss: number; gradients: Map<string, Tensor> } {
    const parts = [...this.#parts.values()];
    if (parts.length !== this.#means || !this.#counts)
      throw new RangeError(
        `train: no target counts at step ${this.#step}: ${this.#accumulate === 1 ? "its batch has" : "its batches have"} nothing but targets that are ignored or weigh 0. The model is as it was before that step; leave such batches out, or give { loss, count } if something else counts`,
      );
    const means = parts.map(({ sums, weight }) => (weight === 1 ? sums : scaled(sums, 1 / weight)));
    const loss = parts.reduce((sum, part) => sum + part.loss / part.weight, 0);
    return { loss: loss + this.#beside / Math.max(1, this.#batches), gradients: means.reduce(total) };
  }

  /** The means that a loss is a sum of: the loss as one of them, where it is the only batch. */
  #meansOf(found: Recorded): readonly Mean[] {
    const means = found.means();
    if (this.#accumulate === 1) return [whole(found, means?.some(({ count }) => count === 0) ? 0 : 1)];
    if (means === undefined || means.length === 0)
      throw uncounted("this loss does not show how many: it is no mean, nor a sum of means");
    return means;
  }

  #addMean(index: number, { count, scale, of, factor }: Mean, gradients: () => Gradients): void {
    // Where nothing counts there is no mean, 0 / 0.
    if (count === 0) return;
    const number = factor * of.item();
    if (!Number.isFinite(number))
      throw new Error(
        `train: the loss is ${number} at step ${this.#step}; the model is as it was before that step. Try a lower learning rate, a warmup or clip`,
      );
    const part = this.#parts.get(index) ?? { first: { count, scale }, weight: 0, loss: 0, sums: new Map() };
    if (!close(scale, part.first.scale))
      throw uncounted(`this loss has a mean times ${scale}, and times ${part.first.scale} in another batch`);
    const weight = count / part.first.count;
    const found = gradients();
    const own = new Map([...this.#over].map(([path, parameter]) => [path, found.get(parameter)] as const));
    const weighed = weight * factor === 1 ? own : scaled(own, weight * factor);
    part.sums = part.weight === 0 ? weighed : total(part.sums, weighed);
    part.loss += weight * number;
    part.weight += weight;
    this.#parts.set(index, part);
  }
}

/** A loss as a mean by itself. */
const whole = ({ value }: Recorded, count: number): Mean => ({ count, scale: 1, of: value, factor: 1 });

const total = (a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>): Map<string, Tensor> =>
  new Map([...a].map(([path, gradient]) => [path, add<Shape, Shape>(gradient, b.get(path)!)]));

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
