import { digits } from "../statistics.js";

const quantized = { weights: "q4" };
const options = { temperature: 0.8, topK: 40, topP: 0.9, seed: 1 };

const titles = { "gpt2-124m": "GPT-2 124M", "gpt-small": "GPT of 4 layers, 128 wide", "gpt-tiny": "a tiny GPT" };

/** What `generate` adds to the model itself, and what a batch gains over one row. */
export const rows = ({ smoke, threads }) => {
  const count = smoke ? 3 : 24;
  const prompt = smoke ? 4 : 16;
  const rowOf = (model, work, task, rate) =>
    threads.map((number) => ({
      title: work.title(titles[model], task),
      work: work.name,
      task: { model, prompt, count, ...task },
      threads: number,
      who: ["ours"],
      rate,
    }));
  const overhead = {
    name: "generationOverhead",
    title: (model, { weights }) => `${model}${weights ? ` ${weights}` : ""}, what generate adds to each token`,
  };
  const added = (model, work, task) =>
    rowOf(model, work, task, ({ microseconds, share }) => `${digits(microseconds)} µs, ${(100 * share).toFixed(1)} %`);
  const drawn = { name: "generationOverhead", title: (model) => `${model} q4, what generate adds when it samples` };
  const batch = { name: "generationBatch", title: (model) => `${model}, a batch of 8 beside one row` };
  return [
    ...added("gpt-tiny", overhead, {}),
    ...(smoke
      ? []
      : [...added("gpt2-124m", overhead, quantized), ...added("gpt2-124m", drawn, { ...quantized, options })]),
    ...(smoke ? ["gpt-tiny"] : ["gpt-small", "gpt2-124m"]).flatMap((model) =>
      rowOf(model, batch, { batch: smoke ? 2 : 8 }, ({ gain }) => `${digits(gain)} × the tokens a second`),
    ),
  ];
};
