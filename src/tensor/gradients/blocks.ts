import { kernels } from "../../kernels";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

/** The gradients of a transformer's operations, each with its own kernel. */
export const blockGradients: Pick<
  GradientTable,
  "softmax" | "logSoftmax" | "layerNorm" | "rmsNorm" | "embedding" | "rotary" | "attention" | "crossEntropy"
> = {
  softmax: (g, { spec, output }) => [
    new Tensor(output.shape, kernels().softmaxGradient(output.buffer, spec, g.buffer)),
  ],

  logSoftmax: (g, { spec, output }) => [
    new Tensor(output.shape, kernels().logSoftmaxGradient(output.buffer, spec, g.buffer)),
  ],

  layerNorm: (g, { spec, inputs: [x, weight, bias] }) => {
    const parts = kernels().layerNormGradient(x.buffer, weight?.buffer, spec, g.buffer);
    return [
      new Tensor(x.shape, parts.x),
      weight && new Tensor(weight.shape, parts.weight),
      bias && new Tensor(bias.shape, parts.bias),
    ];
  },

  rmsNorm: (g, { spec, inputs: [x, weight] }) => {
    const parts = kernels().rmsNormGradient(x.buffer, weight?.buffer, spec, g.buffer);
    return [new Tensor(x.shape, parts.x), weight && new Tensor(weight.shape, parts.weight)];
  },

  embedding: (g, { spec: { ids }, inputs: [weight] }) => {
    const [rows, size] = weight.shape as [number, number];
    return [new Tensor(weight.shape, kernels().scatterRows(g.buffer, ids, rows, size))];
  },

  // A rotation is orthogonal: its gradient rotates back.
  rotary: (g, { spec: { cosines, sines, spec } }) => [
    new Tensor(g.shape, kernels().rotary(g.buffer, cosines, sines, spec, true)),
  ],

  attention: (g, { spec: { spec, statistics }, inputs: [q, k, v, bias], output }) => {
    const attended = { output: output.buffer, statistics };
    const parts = kernels().attentionGradient(q.buffer, k.buffer, v.buffer, spec, attended, g.buffer);
    return [
      new Tensor(q.shape, parts.q),
      new Tensor(k.shape, parts.k),
      new Tensor(v.shape, parts.v),
      bias && new Tensor(bias.shape, parts.bias!),
    ];
  },

  crossEntropy: (g, { spec, inputs: [logits] }) => [
    new Tensor(logits.shape, kernels().crossEntropyGradient(logits.buffer, spec, g.buffer)),
  ],
};
