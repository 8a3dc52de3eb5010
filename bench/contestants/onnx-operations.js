import { int64, model, node } from "../models/onnx-writer.js";
import { noise } from "../random.js";

const axis = (value) => int64("axis", [value]);
const reduced = (name, value) => ({
  nodes: [node(name, ["x", "axis"], ["y"], { keepdims: 0 })],
  initializers: [axis(value)],
  rank: 1,
});
const ofOne = (name) => ({ nodes: [node(name, ["x"], ["y"])] });
const ofTwo = (name) => ({ nodes: [node(name, ["x", "b"], ["y"])], operands: ["b"] });

/** Each operation as a graph. */
const graphs = {
  add: ofTwo("Add"),
  addRow: { nodes: [node("Add", ["x", "row"], ["y"])], operands: ["row"] },
  abs: ofOne("Abs"),
  maximum: ofTwo("Max"),
  relu: ofOne("Relu"),
  gelu: ofOne("Gelu"),
  exp: ofOne("Exp"),
  sin: ofOne("Sin"),
  softplus: ofOne("Softplus"),
  sumLast: reduced("ReduceSum", 1),
  sumFirst: reduced("ReduceSum", 0),
  maxLast: reduced("ReduceMax", 1),
  norm: { nodes: [node("ReduceL2", ["x"], ["y"], { keepdims: 0 })], rank: 0 },
  logSumExp: reduced("ReduceLogSumExp", 1),
  cumulativeSum: { nodes: [node("CumSum", ["x", "axis"], ["y"])], initializers: [axis(1)] },
  transpose: ofOne("Transpose"),
};

/** The task of one operation. */
export const operationWork =
  (open) =>
  async ({ operation, shape, threads }) => {
    const graph = graphs[operation];
    if (!graph) return { cannot: "no such operation" };
    const count = shape[0] * shape[1];
    const given = {
      x: [noise(count), shape],
      b: [noise(count, 2), shape],
      row: [noise(shape[1], 3), [shape[1]]],
    };
    const names = ["x", ...(graph.operands ?? [])];
    const bytes = model({
      initializers: [],
      ...graph,
      inputs: names.map((name) => ({ name, shape: given[name][1] })),
      outputs: [{ name: "y", shape: ["m", "n"].slice(0, graph.rank ?? 2) }],
    });
    const { runtime, session } = await open(threads, bytes);
    const feeds = Object.fromEntries(names.map((name) => [name, new runtime.Tensor("float32", ...given[name])]));
    let result;
    const repeat = async () => {
      result = await session.run(feeds);
    };
    return { repeat, check: () => result.y.data.slice(0, 8) };
  };
