import { sort, tensor, topK } from "../../dist/tensor.js";
import { noise } from "../random.js";
import { withKernels } from "./with-kernels.js";

export const sorting = withKernels(({ kind, count }) => {
  const x = tensor(noise(count));
  const work = { sort: () => sort(x), topK: () => topK(x, { k: 50 }) }[kind];
  return { repeat: async () => void (await work().values.read()) };
});
