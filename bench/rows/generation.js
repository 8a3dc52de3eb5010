import { digits } from "../statistics.js";

const titles = { "gpt2-124m": "GPT-2 124M", "gpt-small": "GPT of 4 layers, 128 wide", "gpt-tiny": "a tiny GPT" };

/** What `generate` adds to the model itself, and what a batch gains over one row. */
export const rows = ({ smoke, threads }) => {
  const count = smoke ? 3 : 24;
  const prompt = smoke ? 4 : 16;
  const rowOf = (model, work, task, rate) =>
    threads.map((number) => ({
      title: work.title(titles[model]),
      work: work.name,
      task: { model, prompt, count, ...task },
      threads: number,
      who: ["ours"],
      rate,
    }));
  const overhead = { name: "generationOverhead", title: (model) => `${model}, what generate adds to each token` };
  const batch = { name: "generationBatch", title: (model) => `${model}, a batch of 8 beside one row` };
  return [
    ...(smoke ? ["gpt-tiny"] : ["gpt-tiny", "gpt2-124m"]).flatMap((model) =>
      rowOf(
        model,
        overhead,
        {},
        ({ microseconds, share }) => `${digits(microseconds)} µs, ${(100 * share).toFixed(1)} %`,
      ),
    ),
    ...(smoke ? ["gpt-tiny"] : ["gpt-small", "gpt2-124m"]).flatMap((model) =>
      rowOf(model, batch, { batch: smoke ? 2 : 8 }, ({ gain }) => `${digits(gain)} × the tokens a second`),
    ),
  ];
};
