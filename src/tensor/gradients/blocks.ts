import { kernels } from "../../kernels";
import {
  attentionGradient,
  crossEntropyGradient,
  layerNormGradient,
  logSoftmaxGradient,
  rmsNormGradient,
  softmaxGradient,
} from "../../kernels/internal";
import { unfusedAttention } from "../operations/attention";
import { exp, multiply, subtract } from "../operations/elementwise";
import { unfusedCrossEntropy } from "../operations/loss";
import { unfusedLayerNorm, unfusedRmsNorm } from "../operations/normalization";
import { repeatLines, sumLines } from "../operations/reduction";
import { rotated } from "../operations/rotary";
import { put } from "../operations/take";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

/** The gradients of a transformer's operations, each with its own kernel. */
export const blockGradients: Pick<
  GradientTable,
  "softmax" | "logSoftmax" | "layerNorm" | "rmsNorm" | "embedding" | "rotary" | "attention" | "crossEntropy"
> = {
  softmax: {
    kernel: (g, { spec, output }) => [
      new Tensor(output.shape, kernels().run(softmaxGradient, output.buffer, spec, g.buffer)),
    ],
    operations: (g, { spec, output }) => {
      const product = multiply(g, output) as Tensor;
      return [subtract(product, multiply(output, total(product, spec)))];
    },
  },

  logSoftmax: {
    kernel: (g, { spec, output }) => [
      new Tensor(output.shape, kernels().run(logSoftmaxGradient, output.buffer, spec, g.buffer)),
    ],
    operations: (g, { spec, output }) => [subtract(g, multiply(exp(output), total(g, spec)))],
  },

  layerNorm: {
    kernel: (g, { spec, inputs: [x, weight, bias] }) => {
      const parts = kernels().run(layerNormGradient, x.buffer, weight?.buffer, spec, g.buffer);
      return [
        new Tensor(x.shape, parts.x),
        weight && new Tensor(weight.shape, parts.weight),
        bias && new Tensor(bias.shape, parts.bias),
      ];
    },
    unfused: ({ inputs, spec }) => unfusedLayerNorm(inputs, spec),
  },

  rmsNorm: {
    kernel: (g, { spec, inputs: [x, weight] }) => {
      const parts = kernels().run(rmsNormGradient, x.buffer, weight?.buffer, spec, g.buffer);
      return [new Tensor(x.shape, parts.x), weight && new Tensor(weight.shape, parts.weight)];
    },
    unfused: ({ inputs, spec }) => unfusedRmsNorm(inputs, spec),
  },

  embedding: (g, { spec: { ids }, inputs: [weight] }) => {
    const [rows, size] = weight.shape as [number, number];
    return [put(g, { axis: { outer: 1, size: rows, inner: size }, places: ids }, weight.shape)];
  },

  // A rotation is orthogonal: its gradient rotates back.
  rotary: (g, { spec }) => [rotated(g, { ...spec, inverse: !spec.inverse })],

  attention: {
    kernel: (g, { spec: { spec, statistics }, inputs: [q, k, v, bias], output }) => {
      const attended = { output: output.buffer, statistics };
      const parts = kernels().run(attentionGradient, q.buffer, k.buffer, v.buffer, spec, attended, g.buffer);
      return [
        new Tensor(q.shape, parts.q),
        new Tensor(k.shape, parts.k),
        new Tensor(v.shape, parts.v),
        bias && new Tensor(bias.shape, parts.bias!),
      ];
    },
    unfused: ({ inputs, spec }) => unfusedAttention(inputs, spec),
  },

  crossEntropy: {
    kernel: (g, { spec, inputs: [logits] }) => [
      new Tensor(logits.shape, kernels().run(crossEntropyGradient, logits.buffer, spec, g.buffer)),
    ],
    unfused: ({ inputs, spec, output }) => unfusedCrossEntropy(inputs, spec, output.shape),
  },
};

/** The sum of each line, in each of its places. */
const total = (x: Tensor, axis: Parameters<typeof sumLines>[1]): Tensor =>
  repeatLines(sumLines(x, axis, [axis.outer, axis.inner]), axis, x.shape);
