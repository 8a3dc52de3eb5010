import { bytesOf } from "../checkpoint/internal";
import { type Checks, describe, expectFunction, expectSignal, numberIn, wholeIn, wrongKind } from "../checks";
import type { Signal } from "../platform";
import { knownAs } from "../synonyms";
import type { Random, Tensor } from "../tensor";
import type { CountedLoss } from "./average";
import { type Batches, expectBatches } from "./batches";
import type { Optimizer } from "./optimizer";
import type { Schedule } from "./schedules";

/** What a step came to. */
export interface StepReport {
  /** Counted from 0. */
  step: number;
  /** Of the model as it was before the step; of accumulated batches the mean over all that counts in them. */
  loss: number;
  learningRate: number;
  /** ‖g‖₂ over all parameters that are trained, before clipping. */
  gradientNorm: number;
  /**
   * Where the training is now, as the bytes of one safetensors file: what `resume` takes. May be called later too, even
   * after `train` has ended or was aborted: it is always of the last whole step.
   */
  state(): Uint8Array;
}

export interface TrainOptions<Batch> {
  /**
   * A single number to make small: the mean over what counts. Passed on to the model, `rng` turns dropout on. With
   * `accumulate`, a loss that is no sum of means (`crossEntropy`, `mean`) comes with what it counts, as { loss, count }.
   */
  loss: (batch: Batch, pass: { rng: Random }) => Tensor | CountedLoss;
  batches: Batches<Batch>;
  /** The steps of the whole training, those before `resume` included. */
  steps: number;
  optimizer: Optimizer;
  /** Multiplies the optimizer's learning rate; 1 unless given. */
  schedule?: Schedule | undefined;
  /** The largest norm of the gradients; longer ones are scaled down. */
  clip?: number | undefined;
  /** How many batches a step takes, with the gradients of one batch of all of them; 1 unless given. */
  accumulate?: number | undefined;
  /** Seeds dropout: each batch draws from (seed, its number) alone; 0 unless given. */
  seed?: number | undefined;
  /** Stops at once, also while a batch is waited for; the model stays as the last whole step left it. */
  signal?: Signal | undefined;
  onStep?: ((report: StepReport) => void | Promise<void>) | undefined;
  /** A state to go on from, as `state()` of a report gave it. Iterable batches start from the first again. */
  resume?: Uint8Array | undefined;
}

export const trainChecks: Checks<TrainOptions<unknown>> = /* @__PURE__ */ knownAs(
  {
    options: [
      "clip maxGradNorm maxNorm gradientClip clipNorm gradClip",
      "accumulate gradientAccumulationSteps accumulationSteps",
      "schedule scheduler lrScheduler",
      "steps maxSteps numSteps iterations numTrainingSteps totalSteps tMax maxIters trainSteps decaySteps",
      "loss lossFn criterion",
      "batches data dataset dataLoader trainDataset",
      "onStep callback onBatchEnd callbacks",
    ],
    advice: [
      ["batches", "learningRate lr", "the optimizer has it: adamW(model, { learningRate })"],
      [
        "batches",
        "epochs numEpochs numTrainEpochs",
        "steps says how many steps there are, over all passes through the data",
      ],
      ["batches", "batchSize perDeviceTrainBatchSize", "batches are as large as they come"],
    ],
  },
  {
    loss: expectFunction,
    batches: expectBatches,
    steps: wholeIn({ least: 0 }),
    optimizer: expectOptimizer,
    schedule: expectFunction,
    clip: numberIn({ above: 0 }),
    accumulate: wholeIn({ least: 1 }),
    seed: wholeIn({ least: 0 }),
    signal: expectSignal,
    onStep: expectFunction,
    resume: bytesOf("a Uint8Array, the bytes that state() of a report gave"),
  },
);

function expectOptimizer(where: string, name: string, value: unknown): void {
  const { step, learningRate } = (value ?? {}) as Partial<Optimizer>;
  if (value === null) throw new TypeError(`${where}: optimizer is missing; adamW(model, …) makes one`);
  if (typeof step !== "function") throw wrongKind(where, name, "an optimizer, as adamW(model, …) makes", value);
  if (typeof learningRate !== "number")
    throw new TypeError(`${where}: the optimizer needs a learningRate, a number, not ${describe(learningRate)}`);
}
