import { modelFile, onnxOf } from "../models/file.js";
import { float32, model, node } from "../models/onnx-writer.js";
import { vocabSizeOf } from "../models/sizes.js";
import { noise, tokens } from "../random.js";
import { decodingWorks } from "./onnx-decoding.js";
import { operationWork } from "./onnx-operations.js";

/** The tasks of ONNX Runtime, in its web or native build. */
export function worksOf(load) {
  const open = async (threads, source) => {
    const { runtime, options } = await load(threads);
    return { runtime, session: await runtime.InferenceSession.create(source, options) };
  };
  return {
    ...decodingWorks(open),
    operation: operationWork(open),
    async matmul({ m, k, n, threads }) {
      const bytes = model({
        nodes: [node("MatMul", ["x", "w"], ["y"])],
        initializers: [float32("w", [k, n], noise(k * n, 2))],
        inputs: [{ name: "x", shape: [m, k] }],
        outputs: [{ name: "y", shape: [m, n] }],
      });
      const { runtime, session } = await open(threads, bytes);
      const x = new runtime.Tensor("float32", noise(m * k), [m, k]);
      let result;
      const repeat = async () => {
        result = await session.run({ x });
      };
      return { repeat, check: () => result.y.data.slice(0, 8) };
    },
    async attention({ heads, seq, headDim, threads }) {
      const shape = [1, seq, heads * headDim];
      const names = ["q", "k", "v"];
      const bytes = model({
        nodes: [
          node("MultiHeadAttention", names, ["y"], { domain: "com.microsoft", num_heads: heads, unidirectional: 1 }),
        ],
        initializers: [],
        inputs: names.map((name) => ({ name, shape })),
        outputs: [{ name: "y", shape }],
      });
      const { runtime, session } = await open(threads, bytes);
      const given = names.map((name, i) => [
        name,
        new runtime.Tensor("float32", noise(seq * heads * headDim, i + 1), shape),
      ]);
      let result;
      const repeat = async () => {
        result = await session.run(Object.fromEntries(given));
      };
      return { repeat, check: () => result.y.data.slice(-8) };
    },
    async convolution({ x: shape, weight, stride, padding, groups, threads }) {
      const axes = weight.slice(2);
      const sizeOf = (sizes) => sizes.reduce((product, size) => product * size, 1);
      const settings = {
        strides: axes.map(() => stride),
        pads: [...axes, ...axes].map(() => padding),
        group: groups,
      };
      const places = axes.map((size, i) => Math.floor((shape[i + 2] + 2 * padding - size) / stride) + 1);
      const bytes = model({
        nodes: [node("Conv", ["x", "w", "b"], ["y"], settings)],
        initializers: [float32("w", weight, noise(sizeOf(weight), 2)), float32("b", [weight[0]], noise(weight[0], 3))],
        inputs: [{ name: "x", shape }],
        outputs: [{ name: "y", shape: [shape[0], weight[0], ...places] }],
      });
      const { runtime, session } = await open(threads, bytes);
      const x = new runtime.Tensor("float32", noise(sizeOf(shape), 1), shape);
      let result;
      const repeat = async () => {
        result = await session.run({ x });
      };
      return { repeat, check: () => result.y.data.slice(-8) };
    },
    async encode({ model: name, weights, batch, seq, threads }) {
      const { runtime, session } = await open(threads, modelFile(name, onnxOf(weights)));
      const flat = tokens(batch, seq, vocabSizeOf(name)).flat();
      const feeds = { input_ids: new runtime.Tensor("int64", BigInt64Array.from(flat, BigInt), [batch, seq]) };
      let result;
      const repeat = async () => {
        result = await session.run(feeds);
      };
      return { repeat, check: () => result.last_hidden_state.data.slice(-8) };
    },
  };
}
