import { attention as fused, initials, linear, Parameter, tensor, transpose } from "../../dist/tensor.js";
import { buildModel } from "../models/build.js";
import { noise, tokens } from "../random.js";
import { withKernels } from "./with-kernels.js";

export { loading } from "./loading.js";
export { constraints } from "./ours-constraints.js";
export { convolution } from "./ours-convolution.js";
export { decode, endurance, prefill, turns } from "./ours-decoding.js";
export { experts } from "./ours-experts.js";
export { generationBatch, generationOverhead } from "./ours-generation.js";
export { operation } from "./ours-operations.js";
export { dropoutStep, initialisation, randomNumbers } from "./ours-random.js";
export { sorting } from "./ours-sorting.js";
export { speculative } from "./ours-speculative.js";
export { trainingStep } from "./ours-training.js";

export const matmul = withKernels(({ m, k, n }) => {
  const x = tensor(noise(m * k), [m, k]);
  const w = transpose(tensor(noise(k * n, 2), [k, n]));
  const weight = new Parameter([n, k], initials.zeros());
  weight.assign(w.data);
  let y;
  const repeat = async () => {
    y = linear(x, weight);
    await y.read();
  };
  return { repeat, check: async () => (await y.read()).slice(0, 8) };
});

export const encode = withKernels(({ model: name, batch, seq }) => {
  const model = buildModel(name);
  const ids = tokens(batch, seq, model.config.vocabSize);
  let hidden;
  const repeat = async () => {
    hidden = model.forward(ids);
    await hidden.read();
  };
  return { repeat, check: async () => (await hidden.read()).slice(-8) };
});

export const attention = withKernels(({ heads, seq, headDim }) => {
  const [q, k, v] = [1, 2, 3].map((seed) => tensor(noise(seq * heads * headDim, seed), [1, seq, heads, headDim]));
  let y;
  const repeat = async () => {
    y = fused(q, k, v, { mask: "causal" });
    await y.read();
  };
  return { repeat, check: async () => (await y.read()).slice(-8) };
});
