import { attention as fused, initials, linear, Parameter, tensor, transpose } from "../../dist/tensor.js";
import { buildModel } from "../models/build.js";
import { noise, tokens } from "../random.js";
import { withKernels } from "./with-kernels.js";
import { withWeights } from "./with-weights.js";

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

export const encode = withKernels(({ model: name, weights, batch, seq }) => {
  const model = withWeights(buildModel(name), weights);
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
