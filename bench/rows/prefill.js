const blocks = { "gpt2-124m": 12 * 12 * 768 ** 2, "llama-135m": 30 * (2 * 576 * 768 + 3 * 576 * 1536) };
const titles = { "gpt2-124m": "GPT-2 124M", "llama-135m": "Llama 135M (SmolLM's shape)" };
const who = {
  float32: ["ours", "onnxruntime-web", "onnxruntime-node", "llama.cpp"],
  q8: ["ours", "strict", "float32", "llama.cpp"],
  q4: ["ours", "strict", "float32", "llama.cpp"],
};

/** A whole prompt at once, and the first token after it. */
export const rows = ({ smoke, threads }) => {
  const prompt = smoke ? 12 : 512;
  const cases = ["gpt2-124m", "llama-135m"].map((model) => [model, "float32"]);
  const small = ["q8", "q4"].map((weights) => ["llama-135m", weights]);
  return (smoke ? [["llama-tiny", "q8"]] : [...cases, ...small]).flatMap(([model, weights]) =>
    threads.map((number) => ({
      title: `${titles[model] ?? model}, reading ${prompt} tokens, ${weights}`,
      work: "prefill",
      task: { model, weights, prompt, context: smoke ? 64 : 1024 },
      threads: number,
      who: who[weights],
      tokens: prompt,
      operations: smoke ? undefined : prompt * 2 * blocks[model],
      // Contestants round activations differently, and random weights give nearly equal scores.
      rounded: weights !== "float32",
    })),
  );
};
