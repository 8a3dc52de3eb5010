const blocks = { "gpt2-124m": 12 * 12 * 768 ** 2, "llama-135m": 30 * (2 * 576 * 768 + 3 * 576 * 1536) };
const titles = { "gpt2-124m": "GPT-2 124M", "llama-135m": "Llama 135M (SmolLM's shape)" };

/** A whole prompt at once, and the first token after it. */
export const rows = ({ smoke, threads }) => {
  const prompt = smoke ? 12 : 512;
  return (smoke ? ["llama-tiny"] : ["gpt2-124m", "llama-135m"]).flatMap((model) =>
    threads.map((number) => ({
      title: `${titles[model] ?? model}, reading ${prompt} tokens, float32`,
      work: "prefill",
      task: { model, prompt, context: smoke ? 64 : 1024 },
      threads: number,
      who: ["ours", "onnxruntime-web", "onnxruntime-node", "llama.cpp"],
      tokens: prompt,
      operations: smoke ? undefined : prompt * 2 * blocks[model],
    })),
  );
};
