import { kernels } from "../../../src/kernels";
import { adamW } from "../../../src/kernels/internal";
import {
  add,
  clamp,
  crossEntropy,
  embedding,
  erf,
  gelu,
  layerNorm,
  logSoftmax,
  matmul,
  multiply,
  permute,
  relu,
  reshape,
  type Shape,
  sigmoid,
  silu,
  softmax,
  type Tensor,
  tanh,
  tensor,
  transpose,
  tril,
  triu,
} from "../../../src/tensor";
import type { OnnxCase } from "./onnx-cases";

const product = (shape: Shape) => shape.reduce((total, size) => total * size, 1);
const number = (value: number | string | undefined, otherwise: number) =>
  value === undefined ? otherwise : Number(value);

/** What each operator of the standard is here: the outputs by the standard's names. */
export const onnxOperations: Record<string, (each: OnnxCase) => Record<string, Tensor>> = {
  MatMul: ({ inputs }) => ({ c: matmul(inputs.get("a")!, inputs.get("b")!) }),
  Gemm: gemm,
  Softmax: ({ inputs, attributes }) => ({ y: softmax(inputs.get("x")!, { axis: number(attributes.axis, -1) }) }),
  LogSoftmax: ({ inputs, attributes }) => ({ y: logSoftmax(inputs.get("x")!, { axis: number(attributes.axis, -1) }) }),
  LayerNormalization: layerNormalization,
  Gelu: ({ inputs, attributes }) => ({
    y: gelu(inputs.get("x")!, { approximate: attributes.approximate === "tanh" ? "tanh" : "none" }),
  }),
  Erf: ({ inputs }) => ({ y: erf(inputs.get("x")!) }),
  Relu: ({ inputs }) => ({ y: relu(inputs.get("x")!) }),
  Sigmoid: ({ inputs }) => ({ y: sigmoid(inputs.get("x")!) }),
  Tanh: ({ inputs }) => ({ y: tanh(inputs.get("x")!) }),
  Swish: ({ inputs, attributes }) => ({ y: swish(inputs.get("x")!, attributes.alpha) }),
  SwiGLU: ({ inputs, attributes }) => ({ y: multiply(swish(inputs.get("a")!, attributes.alpha), inputs.get("b")!) }),
  Clip: ({ inputs }) => {
    const [minimum, maximum] = ["min", "max"].map((name) => inputs.get(name)?.item());
    return {
      y: clamp(inputs.get("x")!, {
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      }),
    };
  },
  Gather: gather,
  Trilu: ({ inputs, attributes }) => {
    const triangle = number(attributes.upper, 1) === 1 ? triu : tril;
    return { y: triangle(inputs.get("x")!, { diagonal: inputs.get("k")?.item() ?? 0 }) };
  },
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
  Adam: adam,
};

/** x · sigmoid(α x), by silu: silu(α x) / α. */
function swish(x: Tensor, alpha: number | string | undefined): Tensor {
  const factor = number(alpha, 1);
  return multiply(silu(multiply(x, factor)), 1 / factor);
}

/** α A B + β C, with A and B transposed as wanted. */
function gemm({ inputs, attributes }: OnnxCase): Record<string, Tensor> {
  const [a, b] = [inputs.get("a")!, inputs.get("b")!];
  const left = attributes.transA ? transpose(a) : a;
  const right = attributes.transB ? transpose(b) : b;
  const scaled = multiply(matmul(left, right), number(attributes.alpha, 1));
  const c = inputs.get("c");
  return { y: c ? add(scaled, multiply(c, number(attributes.beta, 1))) : scaled };
}

function layerNormalization({ inputs, attributes }: OnnxCase): Record<string, Tensor> {
  return {
    Y: layerNorm(inputs.get("X")!, inputs.get("W")!, inputs.get("B")!, {
      epsilon: number(attributes.epsilon, 1e-5),
    }),
  };
}

/** Rows of the first axis, the others flattened; another axis is moved to the front and back. */
function gather({ inputs, attributes }: OnnxCase): Record<string, Tensor> {
  const [data, indices] = [inputs.get("data")!, inputs.get("indices")!];
  const axis = number(attributes.axis, 0);
  const others = data.shape.map((_, i) => i).filter((i) => i !== axis);
  const front = permute(data, [axis, ...others]);
  const [rows, ...rest] = front.shape;
  // A negative index counts from the end in ONNX; ids of ours do not.
  const ids = Array.from(indices.data, (id) => (id < 0 ? id + rows! : id));
  const found = embedding(ids, reshape(front, [rows!, product(rest)]));
  const outer = others.filter((i) => i < axis).map((i) => data.shape[i]!);
  const inner = others.filter((i) => i > axis).map((i) => data.shape[i]!);
  const outerLast = permute(reshape(found, [ids.length, product(outer), product(inner)]), [1, 0, 2]);
  return { y: reshape(outerLast, [...outer, ...indices.shape, ...inner]) };
}

/** The standard's class axis is 1; here it is the last. */
function softmaxCrossEntropy({ inputs, attributes, outputs }: OnnxCase): Record<string, Tensor> {
  const [x, y, weight] = [inputs.get("x")!, inputs.get("y")!, inputs.get("w")];
  const places = x.shape.slice(2).map((_, i) => i + 2);
  const logits = permute(x, [0, ...places, 1]);
  const classes = x.shape[1]!;
  const ignoreIndex = attributes.ignore_index;
  const reduction = attributes.reduction;
  const loss = crossEntropy(reshape(logits, [y.size, classes]), [...y.data], {
    ...(ignoreIndex !== undefined && { ignoreIndex: Number(ignoreIndex) }),
    ...(weight && { weight }),
    reduction: reduction === "none" || reduction === "sum" ? reduction : "mean",
  });
  const result = reduction === "none" ? reshape(loss, y.shape) : loss;
  return outputs.has("log_prob") ? { z: result, log_prob: logSoftmax(x, { axis: 1 }) } : { z: result };
}

/** The standard's Adam adds the norm's gradient to G, and at T = 0 it corrects no bias: so does step infinity. */
function adam({ inputs, attributes }: OnnxCase): Record<string, Tensor> {
  const [rate, time] = [inputs.get("R")!.item(), inputs.get("T")!.item()];
  const outputs: Record<string, Tensor> = {};
  for (const suffix of inputs.has("X") ? [""] : ["1", "2"]) {
    const [x, g, v, h] = ["X", "G", "V", "H"].map((name) => inputs.get(`${name}${suffix}`)!);
    const gradient = add(g!, multiply(x!, number(attributes.norm_coefficient, 0)));
    const [parameter, first, second] = [x!.data.slice(), v!.data.slice(), h!.data.slice()];
    kernels().run(adamW, parameter, gradient.data, first, second, {
      learningRate: rate,
      betas: [number(attributes.alpha, 0.9), number(attributes.beta, 0.999)],
      epsilon: number(attributes.epsilon, 1e-6),
      weightDecay: 0,
      step: time === 0 ? Number.POSITIVE_INFINITY : time,
    });
    outputs[`X${suffix}_new`] = tensor(parameter, x!.shape);
    outputs[`V${suffix}_new`] = tensor(first, x!.shape);
    outputs[`H${suffix}_new`] = tensor(second, x!.shape);
  }
  return outputs;
}

/** Operators that are no operation of ours, and why. */
export const otherOperators: Record<string, string> = {
  GatherElements: "picks single elements; embedding takes whole rows",
  GatherND: "picks by tuples of indices; embedding takes whole rows",
  MatMulInteger: "multiplies integers with zero points; tensors are float32",
  NegativeLogLikelihoodLoss: "takes logarithms of probabilities; crossEntropy takes logits",
};

/** Outputs that an operation of ours does not give. */
export const otherOutputs: Record<string, readonly string[]> = { LayerNormalization: ["Mean", "InvStdDev"] };
