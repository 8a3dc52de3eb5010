import { type Checks, checkOptions, describe, numberIn, wrongKind } from "../checks";
import { add, type Gradients, type Parameter, type Shape, Tensor } from "../tensor";
import type { Mean } from "../tensor/internal";
import { type Recorded, recorded } from "../tensor/internal";
import { scaled } from "./gradients";

/** A loss with its count. */
export interface CountedLoss {
  /** The mean over the targets that count. */
  loss: Tensor;
  /** The number of targets that count (are not ignored): the batch's weight in an accumulated step. */
  count: number;
}

const checks: Checks<CountedLoss> = {
  loss: (where, name, value) => {
    if (!(value instanceof Tensor)) throw wrongKind(where, name, "a Tensor", value);
  },
  count: numberIn({ least: 0 }),
};

/** A mean that all losses of a step contain, over the batches so far. */
interface Part {
  /** From the first batch in which it counts. */
  readonly first: Pick<Mean, "count" | "scale">;
  weight: number;
  loss: number;
  sums: Map<string, Tensor>;
}

/**
 * The loss and gradients of a step, as if its batches were one: per mean, Σ nᵢ gᵢ / Σ nᵢ with nᵢ targets that count.
 */
export class Average {
  readonly #step: number;
  readonly #accumulate: number;
  readonly #over: ReadonlyMap<string, Parameter>;
  /** The number of means in the loss, once known. */
  #means: number | undefined;
  readonly #parts = new Map<number, Part>();
  /** The sum of the terms other than means, over batches whose means all count, and the number of these batches. */
  #beside = 0;
  #batches = 0;
  /** Whether any target has counted so far. */
  #counts = false;

  constructor(step: number, accumulate: number, over: ReadonlyMap<string, Parameter>) {
    this.#step = step;
    this.#accumulate = accumulate;
    this.#over = over;
  }

  /** Computes a batch's loss and gradients. @throws Error naming the step if the loss is not finite */
  async add(loss: () => unknown): Promise<void> {
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
        `train: the loss depends on no trained parameter at step ${this.#step}; compute it with the model passed to train, from tensors and not from their data`,
      );
    if (count ?? !(await found.countsNothing())) this.#counts = true;
    const means = count === undefined ? await this.#meansOf(found) : [whole(found, count)];
    this.#means ??= means.length;
    if (means.length !== this.#means)
      throw uncounted(`this loss is a sum of ${means.length} means, but of ${this.#means} in another batch`);
    if (means.length === 1) {
      const [{ count: counted, scale }] = means as [Mean];
      await this.#addMean(0, { ...whole(found, counted), scale }, found.gradients);
      return;
    }
    for (const [i, mean] of means.entries()) await this.#addMean(i, mean, () => found.gradientsOf(mean));
    // The terms other than means do not depend on the model.
    let beside = await onlyNumber(found.value);
    for (const { factor, of } of means) beside -= factor * (await onlyNumber(of));
    if (Number.isNaN(beside)) return;
    this.#beside += beside;
    this.#batches++;
  }

  /** @throws RangeError if no target counts in any batch */
  result(): { loss: number; gradients: Map<string, Tensor> } {
    const parts = [...this.#parts.values()];
    if (parts.length !== this.#means || !this.#counts)
      throw new RangeError(
        `train: no target counts at step ${this.#step}: ${this.#accumulate === 1 ? "its batch has" : "its batches have"} only targets that are ignored or have weight 0. The model is as it was before that step; skip such batches, or return { loss, count } if something else counts`,
      );
    const means = parts.map(({ sums, weight }) => (weight === 1 ? sums : scaled(sums, 1 / weight)));
    const loss = parts.reduce((sum, part) => sum + part.loss / part.weight, 0);
    return { loss: loss + this.#beside / Math.max(1, this.#batches), gradients: means.reduce(total) };
  }

  /** The means that a loss is a sum of, or the whole loss if it is the only batch. */
  async #meansOf(found: Recorded): Promise<readonly Mean[]> {
    const means = await found.means();
    if (this.#accumulate === 1) return [whole(found, means?.some(({ count }) => count === 0) ? 0 : 1)];
    if (means === undefined || means.length === 0)
      throw uncounted("this loss does not show how many: it is not a mean or a sum of means");
    return means;
  }

  async #addMean(index: number, { count, scale, of, factor }: Mean, gradients: () => Gradients): Promise<void> {
    // If nothing counts, the mean is 0 / 0.
    if (count === 0) return;
    const number = factor * (await onlyNumber(of));
    if (!Number.isFinite(number))
      throw new Error(
        `train: the loss is ${number} at step ${this.#step}; the model is as it was before that step. Try a lower learning rate, a warmup or clip`,
      );
    const part = this.#parts.get(index) ?? { first: { count, scale }, weight: 0, loss: 0, sums: new Map() };
    if (!close(scale, part.first.scale))
      throw uncounted(`this loss has a mean times ${scale}, but times ${part.first.scale} in another batch`);
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

/** The only number of a tensor. Losses are read here, wherever they are. */
const onlyNumber = async (x: Tensor): Promise<number> => (await x.read())[0]!;

/** A loss as a single mean. */
const whole = ({ value }: Recorded, count: number): Mean => ({ count, scale: 1, of: value, factor: 1 });

const total = (a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>): Map<string, Tensor> =>
  new Map([...a].map(([path, gradient]) => [path, add<Shape, Shape>(gradient, b.get(path)!)]));

/** Counts and factors are float32. */
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.abs(b);

const uncounted = (reason: string): TypeError =>
  new TypeError(
    `train: with accumulate, batches are weighted by the number of targets that count, and ${reason}. Return { loss, count }, with the number of targets in the mean`,
  );

function expectCounted(given: unknown): asserts given is CountedLoss {
  if (given instanceof Promise)
    throw new TypeError("train: loss must return a Tensor, not a promise; do asynchronous work in batches");
  if (typeof given !== "object" || given === null || !("loss" in given))
    throw new TypeError(`train: loss must return a Tensor or { loss, count }, not ${describe(given)}`);
  checkOptions("train: loss", given, checks, ["loss", "count"]);
}
