import { abortable } from "../abortable";
import type { Module } from "../blocks";
import { expectModule, settingsOf } from "../blocks/internal";
import { checkOptions } from "../checks";
import { loadLater } from "../later";
import { random } from "../tensor";
import { Average } from "./average";
import { BatchSource } from "./batches";
import { clippedTo } from "./clip";
import type { Optimizer } from "./optimizer";
import { constant, type Schedule } from "./schedules";
import { type SavedState, type StepReport, type TrainOptions, trainChecks } from "./train-options";
import type { Trained } from "./training-state";

/**
 * Trains a model on batches. Other work can run between steps.
 *
 * With `resume`, a training continues as if it had not stopped, bit for bit: parameters, optimizer, random numbers and
 * the position in the data come from the state. Pass the same options and a model of the same settings; differences are
 * refused by name. Also pass the same loss and the same batches, which cannot be checked. If `batches` is a function, it
 * is called only for the batches that are left. If it is an iterable, the batches of earlier steps are skipped.
 *
 * @throws TypeError or RangeError for a wrong option; RangeError if batches end early or no target of a step counts;
 * Error if a loss is not finite, naming the step; the signal's reason if it is aborted. The model is then as after the
 * last complete step.
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
  expectModule("train", "model", model);
  checkOptions("train", options, trainChecks, ["loss", "batches", "steps", "optimizer"]);
  const { steps, optimizer, schedule = constant(), accumulate = 1, clip, seed = 0, signal, resume } = options;
  if (optimizer.model !== undefined && optimizer.model !== model)
    throw new TypeError(
      "train: the optimizer belongs to another model; create it with adamW(model, …) for the same model",
    );
  const settings = { accumulate, clip, seed };
  const trained: Trained = { model, optimizer, schedule, steps, settings, modelSettings: settingsOf(model) };
  const randoms = random(seed);
  signal?.throwIfAborted();
  // Only reports give a state.
  const states =
    resume === undefined && options.onStep === undefined
      ? undefined
      : await abortable(signal, () => loadLater("onStep and resume", () => import("./training-state")));
  let step = resume === undefined ? 0 : await states!.restoreTraining(trained, resume);
  const state: SavedState = Object.assign(() => states!.savedTraining(trained, step), {
    read: () => states!.readTraining(trained, step),
  });
  const source = new BatchSource(options.batches, { seed, needed: steps * accumulate, signal });
  try {
    await source.skip(step * accumulate);
    while (step < steps) {
      const average = new Average(step, accumulate, optimizer.parameters?.() ?? model.parameters());
      for (let part = 0; part < accumulate; part++) {
        const pass = { rng: randoms.stream(String(step * accumulate + part)) };
        const batch = await source.next();
        await average.add(() => options.loss(batch, pass));
      }
      const report = await move(optimizer, average.result(), { step, schedule, clip });
      step++;
      await abortable(signal, async () => options.onStep?.({ ...report, state }));
      await otherWork();
    }
  } catch (error) {
    await source.close().catch(() => {});
    throw error;
  }
  await source.close();
}

interface Move {
  step: number;
  schedule: Schedule;
  clip: number | undefined;
}

/** One step of the optimizer. */
async function move(
  optimizer: Optimizer,
  { loss, gradients }: ReturnType<Average["result"]>,
  { step, schedule, clip }: Move,
): Promise<Omit<StepReport, "state">> {
  const factor: unknown = schedule(step);
  const learningRate = optimizer.learningRate * Number(factor);
  if (typeof factor !== "number" || !(learningRate >= 0 && Number.isFinite(learningRate)))
    throw new RangeError(
      `train: the schedule gives ${String(factor)} at step ${step}, which makes the learning rate ${learningRate}; the model is as it was before that step`,
    );
  const { gradients: clipped, norm } = await clippedTo(clip, gradients);
  optimizer.step(clipped, { learningRate });
  return { step, loss, learningRate, gradientNorm: norm };
}

/** Lets timers, input and rendering run. */
const otherWork = () => new Promise<void>((resolve) => setTimeout(resolve));
