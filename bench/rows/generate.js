const titles = { story: "the story model (0.6 million)", "llama-135m": "Llama 135M (SmolLM's shape)" };

/** From a text to its continuation: what an app gets, tokenizer and all. */
export const rows = ({ smoke, threads }) => {
  const count = smoke ? 3 : 64;
  return (
    smoke
      ? [["story", "float32"]]
      : [
          ["story", "float32"],
          ["story", "q8"],
          ["llama-135m", "float32"],
          ["llama-135m", "q8"],
        ]
  ).flatMap(([model, weights]) =>
    threads.map((number) => ({
      title: `${titles[model]}, ${count} new tokens, text to text, ${weights}`,
      work: "writing",
      task: { model, weights, count },
      threads: number,
      who: ["ours", "transformers.js"],
      tokens: count,
      // Until an engine has compiled what a tiny model spends its time in.
      warmups: model === "story" && !smoke ? 30 : 1,
      rounded: weights !== "float32",
    })),
  );
};
