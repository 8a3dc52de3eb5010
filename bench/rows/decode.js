const parameters = { "gpt2-124m": 124_439_808, "llama-135m": 134_515_008 };
const titles = { "gpt2-124m": "GPT-2 124M", "llama-135m": "Llama 135M (SmolLM's shape)" };
const peers = ["ours", "onnxruntime-web", "onnxruntime-node", "llama.cpp"];

/** A token after another: every weight is read once for each. */
export const rows = ({ smoke, threads }) => {
  const count = smoke ? 3 : 16;
  return (smoke ? ["gpt-tiny", "llama-tiny"] : ["gpt2-124m", "llama-135m"]).flatMap((model) =>
    threads.map((number) => ({
      title: `${titles[model] ?? model}, decoding, batch 1, float32`,
      work: "decode",
      task: { model, prompt: smoke ? 4 : 16, count, context: smoke ? 64 : 512 },
      threads: number,
      who: peers,
      tokens: count,
      bytes: smoke ? undefined : count * 4 * parameters[model],
    })),
  );
};
