import { countParameters } from "../../dist/index.js";
import { crossEntropy, random, valueAndGradients } from "../../dist/tensor.js";
import { adamW } from "../../dist/training.js";
import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";
import { summary } from "../statistics.js";
import { withKernels } from "./with-kernels.js";

export const randomNumbers = withKernels(({ kind, count }) => {
  const stream = random(1);
  const numbers = new Float32Array(count);
  const kinds = {
    one: () => {
      for (let i = 0; i < count; i++) numbers[i] = stream.next();
    },
    uniform: () => stream.uniform(count),
    normal: () => stream.normal(count),
  };
  return { repeat: async () => void kinds[kind]() };
});

export const initialisation = withKernels(({ model: name }) => {
  const parameters = countParameters(buildModel(name));
  return {
    repeat: async () => {
      buildModel(name);
      return { parameters };
    },
  };
});

/** A step without dropout, then one with dropout, which is timed. */
export const dropoutStep = withKernels(({ model: name, batch, seq, dropout }) => {
  const rows = tokens(batch, seq + 1, buildModel(name).config.vocabSize);
  const [inputs, targets] = [rows.map((row) => row.slice(0, -1)), rows.map((row) => row.slice(1))];
  const [without, dropped] = [{}, { dropout }].map((more) => {
    const model = buildModel(name, more);
    const optimizer = adamW(model, { learningRate: 1e-3 });
    return async (pass) => {
      const start = performance.now();
      const { value, gradients } = valueAndGradients(model, () =>
        crossEntropy(model.forward(inputs, { mask: "causal", ...pass }), targets),
      );
      optimizer.step(gradients);
      await value.read();
      return performance.now() - start;
    };
  });
  const ratios = [];
  const repeat = async () => {
    const plain = await without({});
    const milliseconds = await dropped({ rng: random(ratios.length) });
    ratios.push(milliseconds / plain);
    return { milliseconds, ratio: summary(ratios).median };
  };
  return { repeat };
});
