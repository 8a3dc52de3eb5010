import { digits } from "../statistics.js";

/** Operations that read and write each number once: [title, how often 4 bytes of every number are moved]. */
const operations = {
  add: ["sum of two tensors", 3],
  addRow: ["sum of a tensor and a row", 2],
  abs: ["absolute values", 2],
  maximum: ["greater of two tensors", 3],
  where: ["choice of two tensors by a third", 4],
  relu: ["relu", 2],
  gelu: ["gelu", 2],
  exp: ["exponentials", 2],
  sin: ["sines", 2],
  softplus: ["softplus", 2],
  sumLast: ["sums of rows", 1],
  sumFirst: ["sums of columns", 1],
  maxLast: ["greatest of each row", 1],
  norm: ["euclidean norm of all", 1],
  variance: ["variance of each row", 1],
  logSumExp: ["log of summed exponentials of each row", 1],
  cumulativeSum: ["sums up to each of a row", 2],
  transpose: ["transposed matrix", 2],
};

/** Beyond the cache; the share of the limit is that of the speed at which memory is read. */
export const rows = ({ smoke }) => {
  const shape = smoke ? [6, 10] : [2048, 2048];
  const count = shape[0] * shape[1];
  return Object.entries(operations).map(([operation, [title, moves]]) => ({
    title: `${title}, ${shape.join(" × ")}`,
    work: "operation",
    task: { operation, shape },
    threads: 1,
    who: ["ours", "onnxruntime-web", "tfjs-wasm"],
    bytes: 4 * count * moves,
    rate: (_, median) =>
      `${digits((4 * count * moves) / median / 1e6)} GB/s, ${digits((median * 1e6) / count)} ns each`,
  }));
};
