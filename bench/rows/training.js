/** Loss, gradients of all parameters and a step of AdamW. */
export const rows = ({ smoke, threads }) =>
  threads.map((count) => ({
    title: smoke ? "a training step of a tiny GPT" : "training step, GPT of 6 layers, 384 wide, 8 × 256 tokens",
    work: "trainingStep",
    task: smoke ? { model: "gpt-tiny", batch: 2, seq: 8 } : { model: "gpt-10m", batch: 8, seq: 256 },
    threads: count,
    who: ["ours", "tfjs-wasm", "jax-js", "pytorch"],
    // Forward, and backward twice that: 6 layers of 12 · 384² weights, a head of 65, causal attention's useful half.
    operations: smoke ? undefined : 3 * 8 * 256 * (2 * (6 * 12 * 384 ** 2 + 65 * 384) + 6 * 2 * 256 * 384),
  }));
