const size = { m: 512, k: 768, n: 3072 };
const tiny = { m: 8, k: 12, n: 20 };

/** x W, where W is a constant weight. */
export const rows = ({ smoke, threads }) => {
  const { m, k, n } = smoke ? tiny : size;
  return threads.map((count) => ({
    title: `matrix product ${m} × ${k} × ${n}`,
    work: "matmul",
    task: { m, k, n },
    threads: count,
    who: ["ours", "strict", "onnxruntime-web", "tfjs-wasm", "jax-js", "onnxruntime-node"],
    operations: 2 * m * k * n,
  }));
};
