import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Presets, SingleBar } from "cli-progress";
import { countParameters, type DecoderModel, type EncoderDecoderModel, type EncoderModel } from "transformer-blocks";
import { type SaveOptions, savePretrained } from "transformer-blocks/families";
import type { Tokenizer } from "transformer-blocks/tokenizer";
import { adamW, type TrainOptions, train, warmupCosine } from "transformer-blocks/training";
import { lossCurve } from "./loss-curve";

export interface Run<Batch> extends Pick<TrainOptions<Batch>, "loss" | "batches"> {
  /** The folder in examples/models. */
  name: string;
  model: DecoderModel | EncoderModel | EncoderDecoderModel;
  tokenizer: Tokenizer;
  learningRate: number;
  /** The stored type of the weights; float32 if omitted. */
  weights?: SaveOptions["weights"];
  /** The default number of steps. The command line can override it: `npm run train:story -- 100 ./my-story`. */
  steps: number;
}

const SAVE_EVERY = 100; // steps: an interrupted run loses little

/** Trains a model with a progress bar, and saves it with its loss curve in examples/models or in the given folder. */
export async function run<Batch>({
  name,
  model,
  tokenizer,
  learningRate,
  weights,
  ...options
}: Run<Batch>): Promise<void> {
  const steps = Number(process.argv[2] ?? options.steps);
  const folder = process.argv[3] ?? fileURLToPath(new URL(`../models/${name}`, import.meta.url));
  const losses: number[] = [];
  const save = async () => {
    await savePretrained({ model, tokenizer }, folder, { weights });
    await writeFile(`${folder}/loss.svg`, lossCurve(losses, `${name}: cross-entropy of each batch, nats per token`));
  };
  console.log(`${name}: ${countParameters(model).toLocaleString("en")} parameters, ${steps} steps`);
  const bar = new SingleBar(
    { format: "{bar} {value}/{total}  loss {loss}  {eta_formatted} left", noTTYOutput: true, notTTYSchedule: 60_000 },
    Presets.shades_classic,
  );
  bar.start(steps, 0, { loss: "…" });
  await train(model, {
    ...options,
    steps,
    clip: 1,
    seed: 1,
    optimizer: adamW(model, { learningRate, betas: [0.9, 0.98], weightDecay: 0.01, decays: (_, { rank }) => rank > 1 }),
    schedule: warmupCosine({ warmup: Math.ceil(steps / 20), steps, minimum: 0.02 }),
    onStep: async ({ step, loss }) => {
      losses.push(loss);
      bar.update(step + 1, { loss: recent(losses).toFixed(3) });
      if ((step + 1) % SAVE_EVERY === 0) await save();
    },
  });
  bar.stop();
  await save();
  const { user, system } = process.cpuUsage();
  const seconds = Math.round((user + system) / 1e6);
  console.log(`${name}: loss ${recent(losses).toFixed(3)}; ${seconds} s of one core; the model is in ${folder}`);
}

/** The mean of the last losses. */
function recent(losses: readonly number[]): number {
  const last = losses.slice(-20);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}
