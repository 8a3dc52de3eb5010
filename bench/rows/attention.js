/** Causal attention only. */
export const rows = ({ smoke, threads }) => {
  const [heads, seq, headDim] = smoke ? [2, 10, 8] : [12, 2048, 64];
  return threads.map((count) => ({
    title: `causal attention, 1 × ${heads} heads × ${seq} × ${headDim}`,
    work: "attention",
    task: { heads, seq, headDim },
    threads: count,
    who: ["ours", "onnxruntime-web", "tfjs-wasm", "jax-js", "onnxruntime-node"],
    // Only the unmasked half of the pairs: a score and a sum of headDim numbers each.
    operations: (4 * heads * headDim * seq * (seq + 1)) / 2,
  }));
};
