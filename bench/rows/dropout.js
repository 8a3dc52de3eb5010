import { digits } from "../statistics.js";

/** A training step with dropout everywhere, compared with one without. */
export const rows = ({ smoke, threads }) => {
  const sizes = smoke
    ? [["a tiny GPT", "gpt-tiny", 2, 8]]
    : [
        ["GPT of 4 layers, 128 wide, 8 × 128 tokens", "gpt-small", 8, 128],
        ["GPT of 6 layers, 384 wide, 8 × 256 tokens", "gpt-10m", 8, 256],
      ];
  return sizes.flatMap(([title, model, batch, seq]) =>
    threads.map((count) => ({
      title: `training step with dropout 0.1, ${title}`,
      work: "dropoutStep",
      task: { model, batch, seq, dropout: 0.1 },
      threads: count,
      who: ["ours"],
      rate: ({ ratio }) => `${digits(ratio)} × a step without`,
    })),
  );
};
