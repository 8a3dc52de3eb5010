import { bytesOf } from "../checkpoint/internal";
import { type Checks, describe, expectFunction, expectSignal, numberIn, wholeIn, wrongKind } from "../checks";
import type { Signal } from "../platform";
import { knownAs } from "../synonyms";
import type { Random, Tensor } from "../tensor";
import type { CountedLoss } from "./average";
import { type Batches, expectBatches } from "./batches";
import type { Optimizer } from "./optimizer";
import type { Schedule } from "./schedules";

/** The report of a step. */
export interface StepReport {
  /** Counted from 0. */
  step: number;
  /** The loss before the step's update; for accumulated batches, the mean over all targets that count. */
  loss: number;
  learningRate: number;
  /** ‖g‖₂ over all trained parameters, before clipping. */
  gradientNorm: number;
  /**
   * The state of the training as one safetensors file, for `resume`. May also be called later, even after `train` has
   * ended or was aborted: it is always the state after the last complete step.
   */
  state: SavedState;
}

/** What makes a training's state. */
export interface SavedState {
  /** @throws TypeError if the numbers are on a device */
  (): Uint8Array;
  /** The same, wherever the numbers are: as they are at this call. */
  read(): Promise<Uint8Array>;
}

/** Options of `train`. */
export interface TrainOptions<Batch> {
  /**
   * The number to minimize: the mean over the targets that count. Passing `rng` on to the model turns dropout on. With
   * `accumulate`, a loss that is not a sum of means (`crossEntropy`, `mean`) must return its count, as { loss, count }.
   */
  loss: (batch: Batch, pass: { rng: Random }) => Tensor | CountedLoss;
  batches: Batches<Batch>;
  /** The number of steps of the whole training, including those before `resume`. */
  steps: number;
  optimizer: Optimizer;
  /** Multiplies the optimizer's learning rate; 1 if omitted. */
  schedule?: Schedule | undefined;
  /** The largest norm of the gradients; larger ones are scaled down. */
  clip?: number | undefined;
  /** The number of batches accumulated per step; the gradients equal those of one large batch. 1 if omitted. */
  accumulate?: number | undefined;
  /** Seeds dropout: each batch's draws depend only on (seed, its number); 0 if omitted. */
  seed?: number | undefined;
  /** Stops at once, even while waiting for a batch; the model stays as after the last complete step. */
  signal?: Signal | undefined;
  /** Called after each step; the next one waits for a promise. */
  onStep?: ((report: StepReport) => void | Promise<void>) | undefined;
  /** A state to continue from, from `state()` of a report. Iterable batches start from the first again. */
  resume?: Uint8Array | undefined;
}

export const trainChecks: Checks<TrainOptions<unknown>> = /* @__PURE__ */ knownAs(
  {
    options: [
      "clip maxGradNorm maxNorm gradientClip clipNorm gradClip",
      "accumulate gradientAccumulationSteps gradientAccumulation gradAccumSteps accumulateGradBatches accumulationSteps",
      "schedule scheduler lrScheduler",
      "steps maxSteps numSteps iterations numTrainingSteps totalSteps tMax maxIters trainSteps decaySteps",
      "loss lossFn criterion",
      "batches data dataset dataLoader trainDataset",
      "resume resumeFromCheckpoint",
      "onStep callback onBatchEnd callbacks",
    ],
    advice: [
      ["batches", "learningRate lr", "the optimizer has it: adamW(model, { learningRate })"],
      ["batches", "epochs numEpochs numTrainEpochs", "steps counts the steps of all passes through the data"],
      [
        "batches",
        "loggingSteps logEvery logInterval evalSteps saveSteps saveEvery",
        "onStep is called after each step",
      ],
      ["batches", "device fp16 bf16 mixedPrecision", "models are trained in float32 on the CPU"],
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
    resume: bytesOf("a Uint8Array, the bytes from state() of a report"),
  },
);

function expectOptimizer(where: string, name: string, value: unknown): void {
  const { step, learningRate } = (value ?? {}) as Partial<Optimizer>;
  if (value === null) throw new TypeError(`${where}: optimizer is missing; create one with adamW(model, …)`);
  if (typeof step !== "function") throw wrongKind(where, name, "an optimizer, such as adamW(model, …)", value);
  if (typeof learningRate !== "number")
    throw new TypeError(`${where}: the optimizer's learningRate must be a number, not ${describe(learningRate)}`);
}
