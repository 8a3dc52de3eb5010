import * as library from "../../dist/kernels.js";
import { matmul as product, tensor } from "../../dist/tensor.js";
import { noise } from "../random.js";

/** What the kernels say of themselves, for the table. */
async function kernelsFor(threads) {
  if (library.useThreads) await library.useThreads(threads);
  else if (threads > 1) return { cannot: "these kernels have one thread" };
  const { name, simd } = library.kernelInfo();
  return { note: [name, simd].filter((part) => typeof part === "string").join(", ") };
}

/** A task's preparation, told what the kernels are, unless they cannot. */
export const withKernels = (prepare) => async (task) => {
  const { cannot, note } = await kernelsFor(task.threads);
  return cannot ? { cannot } : { note, ...(await prepare(task)) };
};

export const matmul = withKernels(({ m, k, n }) => {
  const x = tensor(noise(m * k), [m, k]);
  const w = tensor(noise(k * n, 2), [k, n]);
  let y;
  const repeat = async () => {
    y = product(x, w);
    await y.read();
  };
  return { repeat, check: async () => (await y.read()).slice(0, 8) };
});
