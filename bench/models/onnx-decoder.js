import { configOf } from "./build.js";
import { OnnxGraph } from "./onnx-graph.js";
import { float32 } from "./onnx-writer.js";

/**
 * ids [1, seq] and the keys and values of earlier tokens → the last token's logits and all keys and values. Grouped
 * attention with its rotation is one fused operation, as in the fastest exports for ONNX Runtime.
 */
export function decoderGraph(model) {
  const { dModel, heads, layers, vocabSize, epsilon = 1e-5, keyValueHeads = heads } = configOf(model);
  const rotary = configOf(model).position === "rotary";
  const headDim = dModel / heads;
  const graph = new OnnxGraph(model);
  const ids = graph.input("ids", ["batch", "seq"], "int64");
  const [last, total] = [graph.input("last", ["batch"], "int32"), graph.input("total", [1], "int32")];
  let x = graph.operation("Gather", [graph.parameter("embedding.weight"), ids]);
  if (!rotary) {
    const positions = graph.input("positions", ["seq"], "int64");
    x = graph.operation("Add", [x, graph.operation("Gather", [graph.parameter("position.weight"), positions])]);
  }
  const turns = rotary ? rotations(graph, configOf(model).contextLength, headDim, configOf(model).rotaryBase) : [];
  const attributes = { num_heads: heads, kv_num_heads: keyValueHeads, do_rotary: rotary ? 1 : 0 };
  for (let l = 0; l < layers; l++) {
    const part = (name) => `blocks.${l}.${name}`;
    const normed = graph.norm(x, part("attentionNorm"), epsilon);
    const qkv = ["query", "key", "value"].map((name) => graph.linear(normed, part(`attention.${name}`)));
    const past = ["key", "value"].map((name) =>
      graph.input(`past.${l}.${name}`, ["batch", keyValueHeads, "past", headDim]),
    );
    const present = ["key", "value"].map((name) => `present.${l}.${name}`);
    for (const name of present) graph.output(name, ["batch", keyValueHeads, "total", headDim]);
    const names = [`context.${l}`, ...present];
    const context = graph.fused("GroupQueryAttention", [...qkv, ...past, last, total, ...turns], attributes, names);
    x = graph.operation("Add", [x, graph.linear(context, part("attention.output"))]);
    x = graph.operation("Add", [x, feedForward(graph, graph.norm(x, part("feedForwardNorm"), epsilon), part)]);
  }
  head(graph, graph.norm(x, "norm", epsilon), dModel);
  graph.output("logits", ["batch", vocabSize]);
  return graph;
}

function feedForward(graph, x, part) {
  const up = graph.product(x, part("feedForward.up"));
  if (!graph.has(part("feedForward.gate.weight"))) {
    const hidden = graph.fused("FastGelu", [up, graph.parameter(part("feedForward.up.bias"))]);
    return graph.linear(hidden, part("feedForward.down"));
  }
  const gate = graph.product(x, part("feedForward.gate"));
  const silu = graph.fused("QuickGelu", [gate], { alpha: { float: 1 } });
  return graph.linear(graph.operation("Mul", [silu, up]), part("feedForward.down"));
}

/** The last position times the embedding, which the head shares. */
function head(graph, x, dModel) {
  const [from, to] = [graph.ints("from", [-1]), graph.ints("to", [2 ** 31])];
  const last = graph.operation("Slice", [x, from, to, graph.ints("axis", [1])]);
  const flat = graph.operation("Reshape", [last, graph.ints("flat", [-1, dModel])]);
  graph.operation("Gemm", [flat, graph.parameter("embedding.weight")], { transB: 1 }, ["logits"]);
}

/** Cosines and sines [contextLength, headDim / 2]. @see Su et al. 2021, RoFormer (arXiv 2104.09864) */
function rotations(graph, length, headDim, base = 10_000) {
  const half = headDim / 2;
  const table = (f) =>
    Float32Array.from({ length: length * half }, (_, i) =>
      f(Math.floor(i / half) * base ** ((-2 * (i % half)) / headDim)),
    );
  return [
    graph.constant("cosines", () => float32("cosines", [length, half], table(Math.cos))),
    graph.constant("sines", () => float32("sines", [length, half], table(Math.sin))),
  ];
}
