import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Presets, SingleBar } from "cli-progress";
import {
  countParameters,
  type DecoderModel,
  type EncoderDecoderModel,
  type EncoderModel,
  type Module,
  type Random,
} from "transformer-blocks";
import { type SaveOptions, savePretrained } from "transformer-blocks/families";
import type { Tokenizer } from "transformer-blocks/tokenizer";
import { adamW, type TrainOptions, train, warmupCosine } from "transformer-blocks/training";
import { lossCurve } from "./loss-curve";

/** A model in Hugging Face's format, or anything that can be written into a folder. */
type Trained =
  | { model: DecoderModel | EncoderModel | EncoderDecoderModel; tokenizer: Tokenizer }
  | { model: Module; write: (folder: string) => Promise<void> };

interface Settings<Batch> extends Pick<TrainOptions<Batch>, "loss"> {
  batches: (index: number, rng: Random) => Batch;
  /** The folder in examples/models. */
  name: string;
  learningRate: number;
  /** The stored type of the weights; float32 if omitted. */
  weights?: SaveOptions["weights"];
  /** What the loss is a mean over; "token" if omitted. */
  per?: string;
  /** The default number of steps. The command line can override it: `npm run train:story -- 100 ./my-story`. */
  steps: number;
  /** Figures on data that was not trained on, to print at the end of a training of the default length. */
  figures?: (folder: string) => Promise<Readonly<Record<string, string>>>;
}

export type Run<Batch> = Settings<Batch> & Trained;

const SAVE_EVERY = 100; // steps: an interrupted run loses little

/** Trains a model with a progress bar, and saves it with its loss curve in examples/models or in the given folder. */
export async function run<Batch>(options: Run<Batch>): Promise<void> {
  const { name, model, loss, batches, learningRate, figures, per = "token" } = options;
  const steps = Number(process.argv[2] ?? options.steps);
  const folder = process.argv[3] ?? fileURLToPath(new URL(`../models/${name}`, import.meta.url));
  const losses: number[] = [];
  const save = async () => {
    if ("write" in options) await options.write(folder);
    else
      await savePretrained({ model: options.model, tokenizer: options.tokenizer }, folder, {
        weights: options.weights,
      });
    await writeFile(`${folder}/loss.svg`, lossCurve(losses, `${name}: cross-entropy of each batch, nats per ${per}`));
  };
  console.log(`${name}: ${countParameters(model).toLocaleString("en")} parameters, ${steps} steps`);
  const bar = new SingleBar(
    { format: "{bar} {value}/{total}  loss {loss}  {eta_formatted} left", noTTYOutput: true, notTTYSchedule: 60_000 },
    Presets.shades_classic,
  );
  bar.start(steps, 0, { loss: "…" });
  const decays = (_path: string, { rank }: { rank: number }) => rank > 1;
  await train(model, {
    loss,
    batches,
    steps,
    clip: 1,
    seed: 1,
    optimizer: adamW(model, { learningRate, betas: [0.9, 0.98], weightDecay: 0.01, decays }),
    schedule: warmupCosine({ warmup: Math.ceil(steps / 20), steps, minimum: 0.02 }),
    onStep: async ({ loss }) => {
      losses.push(loss);
      bar.update(losses.length, { loss: recent(losses).toFixed(3) });
      if (losses.length % SAVE_EVERY === 0) await save();
    },
  });
  bar.stop();
  await save();
  const { user, system } = process.cpuUsage();
  const seconds = Math.round((user + system) / 1e6);
  console.log(`${name}: loss ${recent(losses).toFixed(3)}; ${seconds} s of one core; the model is in ${folder}`);
  if (steps !== options.steps) return;
  for (const [figure, value] of Object.entries((await figures?.(folder)) ?? {}))
    console.log(`${name}: ${figure} ${value}`);
}

/** The mean of the last losses. */
function recent(losses: readonly number[]): number {
  const last = losses.slice(-20);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}
