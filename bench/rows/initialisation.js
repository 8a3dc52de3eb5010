/** Initializing a model from a seed. */
export const rows = ({ smoke }) => [
  {
    title: smoke ? "first values of a tiny GPT" : "first values of GPT-2 124M, gpt(presets.gpt2, { seed: 1 })",
    work: "initialisation",
    task: { model: smoke ? "gpt-tiny" : "gpt2-124m" },
    threads: 1,
    who: ["ours"],
    rate: ({ parameters }, median) => `${((median * 1e6) / parameters).toFixed(1)} ns a number`,
  },
];
