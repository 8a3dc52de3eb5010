import type { Module } from "../blocks";
import type { Signal } from "../platform";
import { add, type Random, random, type Tensor, valueAndGradients } from "../tensor";
import { clipGradients, gradientNorm, scaled } from "./clip";
import type { Optimizer } from "./optimizer";
import { constant, expectWhole, type Schedule } from "./schedules";

/** Where batches come from: a list or stream of them, or a function of a batch's number, counted from 0. */
export type Batches<Batch> = Iterable<Batch> | AsyncIterable<Batch> | ((index: number) => Batch | Promise<Batch>);

/** What a step came to. */
export interface StepReport {
  /** Counted from 0. */
  step: number;
  /** Of the model as it was before the step; the mean over accumulated batches. */
  loss: number;
  learningRate: number;
  /** ‖g‖₂ over all parameters, before clipping. */
  gradientNorm: number;
}

export interface TrainOptions<Batch> {
  /** A single number to make small. Passed on to the model, `rng` turns dropout on. */
  loss: (batch: Batch, pass: { rng: Random }) => Tensor;
  batches: Batches<Batch>;
  steps: number;
  optimizer: Optimizer;
  /** Multiplies the optimizer's learning rate; 1 unless given. */
  schedule?: Schedule | undefined;
  /** The largest norm of the gradients; longer ones are scaled down. */
  clip?: number | undefined;
  /** How many batches a step averages the gradients of; 1 unless given. */
  accumulate?: number | undefined;
  /** Seeds dropout: each batch draws from (seed, its number) alone; 0 unless given. */
  seed?: number | undefined;
  /** Stops between two batches; the model stays as the last whole step left it. */
  signal?: Signal | undefined;
  onStep?: ((report: StepReport) => void | Promise<void>) | undefined;
}

/**
 * Takes batches, moves the model against the gradient of their loss, and lets other work run between two steps.
 *
 * @throws RangeError if an option is out of range or batches end early; Error if a loss is not finite, naming the step;
 * the signal's reason if it is aborted. The model then is as the last whole step left it.
 * @example
 * ```ts
 * import { adamW, train } from "transformer-blocks/training";
 * import { crossEntropy, gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 4, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * await train(model, {
 *   loss: (ids, pass) => crossEntropy(model.forward(ids.map((row) => row.slice(0, -1)), pass), ids.map((row) => row.slice(1))),
 *   batches: () => [[0, 1, 2, 3, 0, 1, 2, 3]],
 *   steps: 3,
 *   optimizer: adamW(model, { learningRate: 0.01 }),
 *   onStep: ({ step, loss }) => console.log(step, loss),
 * });
 * ```
 */
export async function train<Batch>(model: Module, options: TrainOptions<Batch>): Promise<void> {
  const { batches, steps, optimizer, schedule = constant(), accumulate = 1, signal } = options;
  if (typeof optimizer?.step !== "function")
    throw new TypeError("train: optimizer is missing; adamW(model, …) makes one");
  if (optimizer.model !== undefined && optimizer.model !== model)
    throw new TypeError("train: the optimizer is not this model's; make it with adamW(model, …) of the same model");
  expectWhole("train", "steps", steps, 0);
  expectWhole("train", "accumulate", accumulate, 1);
  if (options.clip !== undefined && !(options.clip > 0))
    throw new RangeError(`train: clip must be more than 0, not ${options.clip}`);
  if (typeof batches !== "function" && !(Symbol.iterator in batches || Symbol.asyncIterator in batches))
    throw new TypeError("train: batches must be iterable, or a function of a batch's number");
  const seeded = random(options.seed ?? 0);
  const source = inOrder(batches);
  try {
    for (let step = 0; step < steps; step++) {
      const average = new Average();
      for (let part = 0; part < accumulate; part++) {
        const index = step * accumulate + part;
        const batch = await next(source, index, steps * accumulate, signal);
        const pass = { rng: seeded.stream(String(index)) };
        average.add(
          step,
          valueAndGradients(model, () => options.loss(batch, pass)),
        );
      }
      const { gradients, norm } = clipped(average.gradients(), options.clip);
      const learningRate = optimizer.learningRate * schedule(step);
      optimizer.step(gradients, { learningRate });
      await options.onStep?.({ step, loss: average.loss(), learningRate, gradientNorm: norm });
      await otherWork();
    }
  } finally {
    await source.return(undefined);
  }
}

async function* inOrder<Batch>(batches: Batches<Batch>): AsyncGenerator<Batch, undefined> {
  if (typeof batches === "function") for (let index = 0; ; index++) yield await batches(index);
  yield* batches;
}

/** @throws RangeError if there is no next batch; the signal's reason if it is aborted before or while it comes */
async function next<Batch>(
  source: AsyncGenerator<Batch, undefined>,
  index: number,
  needed: number,
  signal: AbortSignal | undefined,
): Promise<Batch> {
  signal?.throwIfAborted();
  const { value, done } = await source.next();
  signal?.throwIfAborted();
  if (done) throw new RangeError(`train: the batches ended after ${index}, where ${needed} are needed`);
  return value;
}

/** The mean loss and gradients of batches. */
class Average {
  #batches = 0;
  #loss = 0;
  #sums = new Map<string, Tensor>();

  /** @throws Error naming the step if the loss is not finite */
  add(step: number, { value, gradients }: ReturnType<typeof valueAndGradients>): void {
    const loss = value.item();
    if (!Number.isFinite(loss))
      throw new Error(
        `train: the loss is ${loss} at step ${step}; the model is as it was before that step. Try a lower learning rate, a warmup or clip`,
      );
    for (const [path, gradient] of gradients) {
      const sum = this.#sums.get(path);
      this.#sums.set(path, sum ? add<readonly number[], readonly number[]>(sum, gradient) : gradient);
    }
    this.#loss += loss;
    this.#batches++;
  }

  loss(): number {
    return this.#loss / this.#batches;
  }

  gradients(): Map<string, Tensor> {
    return this.#batches === 1 ? this.#sums : scaled(this.#sums, 1 / this.#batches);
  }
}

const clipped = (gradients: Map<string, Tensor>, maxNorm: number | undefined) =>
  maxNorm === undefined ? { gradients, norm: gradientNorm(gradients) } : clipGradients(gradients, { maxNorm });

/** Lets timers, input and rendering have their turn. */
const otherWork = () => new Promise<void>((resolve) => setTimeout(resolve));
