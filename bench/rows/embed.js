import { digits } from "../statistics.js";

/** Vectors of many short sentences, from text to vector. */
export const rows = ({ smoke, threads }) =>
  ["float32", "q8"].flatMap((weights) =>
    threads.map((number) => ({
      title: smoke
        ? `a tiny MiniLM, vectors of 6 sentences, ${weights}`
        : `all-MiniLM-L6-v2's shape, vectors of 256 sentences of 4 to 40 tokens, ${weights}`,
      work: "embedding",
      task: { model: smoke ? "minilm-tiny" : "minilm", weights, count: smoke ? 6 : 256, most: smoke ? 9 : 40 },
      threads: number,
      who: ["ours", "transformers.js", "transformers.js sorted"],
      rate: smoke ? undefined : (_, median) => `${digits((256 / median) * 1000)} sentences/s`,
      rounded: weights !== "float32",
    })),
  );
