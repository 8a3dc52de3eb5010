const matrices = {
  "gpt2-124m": 768 * (50_257 + 12 * 12 * 768),
  "llama-135m": 576 * (49_152 + 30 * (2 * 768 + 3 * 1536)),
};
const titles = { "gpt2-124m": "GPT-2 124M", "llama-135m": "Llama 135M (SmolLM's shape)" };
/** Bytes per number, including its share of a block's scale. */
const widths = { float32: 4, q8: 34 / 32, q4: 18 / 32 };

/** Token by token: every matrix is read once for each token. */
export const rows = ({ smoke, threads }) =>
  (smoke ? ["gpt-tiny", "llama-tiny"] : ["gpt2-124m", "llama-135m"]).flatMap((model) =>
    Object.keys(widths).flatMap((weights) => threads.map((count) => rowOf({ model, weights, count, smoke }))),
  );

function rowOf({ model, weights, count: threads, smoke }) {
  const count = smoke ? 3 : 16;
  const float = weights === "float32";
  return {
    title: `${titles[model] ?? model}, decoding, batch 1, ${weights}`,
    work: "decode",
    task: { model, weights, prompt: smoke ? 4 : 16, count, context: smoke ? 64 : 512 },
    threads,
    who: float ? ["ours", "onnxruntime-web", "onnxruntime-node", "llama.cpp"] : ["ours", "llama.cpp"],
    tokens: count,
    bytes: smoke ? undefined : count * widths[weights] * matrices[model],
    // Contestants round activations differently, and random weights give nearly equal scores; the maximum may differ.
    rounded: !float,
  };
}
