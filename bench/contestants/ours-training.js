import { crossEntropy, valueAndGradients } from "../../dist/tensor.js";
import { adamW } from "../../dist/training.js";
import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";
import { withKernels } from "./with-kernels.js";

export const trainingStep = withKernels(({ model: name, batch, seq }) => {
  const model = buildModel(name);
  const rows = tokens(batch, seq + 1, model.config.vocabSize);
  const [inputs, targets] = [rows.map((row) => row.slice(0, -1)), rows.map((row) => row.slice(1))];
  const optimizer = adamW(model, { learningRate: 1e-3 });
  const losses = [];
  const repeat = async () => {
    const { value, gradients } = valueAndGradients(model, () =>
      crossEntropy(model.forward(inputs, { mask: "causal" }), targets),
    );
    optimizer.step(gradients);
    losses.push((await value.read())[0]);
  };
  return { repeat, check: () => losses.slice(0, 1) };
});
