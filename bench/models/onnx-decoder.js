import { configOf } from "./build.js";
import { OnnxGraph } from "./onnx-graph.js";
import { float32, int64 } from "./onnx-writer.js";

/**
 * input_ids [batch, seq], attention_mask and the keys and values of earlier tokens → the last token's logits and all keys
 * and values, by the names that transformers.js expects. Grouped attention with its rotation is one fused operation, as
 * in the fastest exports for ONNX Runtime.
 */
export function decoderGraph(model, { weights }) {
  const { dModel, heads, layers, vocabSize, epsilon = 1e-5, keyValueHeads = heads } = configOf(model);
  const rotary = configOf(model).position === "rotary";
  const headDim = dModel / heads;
  const graph = new OnnxGraph(model, weights);
  const ids = graph.input("input_ids", ["batch_size", "seq"], "int64");
  const lengths = lengthsOf(graph);
  let x = graph.gather("embedding.weight", ids);
  if (!rotary) {
    const positions = graph.input("position_ids", ["batch_size", "seq"], "int64");
    x = graph.operation("Add", [x, graph.gather("position.weight", positions)]);
  }
  const turns = rotary ? rotations(graph, configOf(model).contextLength, headDim, configOf(model).rotaryBase) : [];
  const attributes = { num_heads: heads, kv_num_heads: keyValueHeads, do_rotary: rotary ? 1 : 0 };
  for (let l = 0; l < layers; l++) {
    const part = (name) => `blocks.${l}.${name}`;
    const normed = graph.norm(x, part("attentionNorm"), epsilon);
    const qkv = ["query", "key", "value"].map((name) => graph.linear(normed, part(`attention.${name}`)));
    const past = ["key", "value"].map((name) =>
      graph.input(`past_key_values.${l}.${name}`, ["batch_size", keyValueHeads, "past", headDim]),
    );
    const present = ["key", "value"].map((name) => `present.${l}.${name}`);
    for (const name of present) graph.output(name, ["batch_size", keyValueHeads, "total", headDim]);
    const names = [`context.${l}`, ...present];
    const context = graph.fused("GroupQueryAttention", [...qkv, ...past, ...lengths, ...turns], attributes, names);
    x = graph.operation("Add", [x, graph.linear(context, part("attention.output"))]);
    x = graph.operation("Add", [x, feedForward(graph, graph.norm(x, part("feedForwardNorm"), epsilon), part)]);
  }
  head(graph, graph.norm(x, "norm", epsilon), { dModel, vocabSize, weights });
  graph.output("logits", ["batch_size", 1, vocabSize]);
  return graph;
}

/** The index of each row's last token, and the number of all tokens. */
function lengthsOf(graph) {
  const mask = graph.input("attention_mask", ["batch_size", "total"], "int64");
  const counts = graph.operation("ReduceSum", [mask, graph.ints("second", [1])], { keepdims: 0 });
  const last = graph.operation("Sub", [counts, graph.ints("one", [1])]);
  const axis = graph.constant("one index", () => int64("one index", [1], []));
  const total = graph.operation("Gather", [graph.operation("Shape", [mask]), axis]);
  return [last, total].map((name) => graph.operation("Cast", [name], { to: 6 }));
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

/** The last position times the embedding, which the head shares. Its quantized form is a copy, as in published files. */
function head(graph, x, { dModel, vocabSize, weights }) {
  const [from, to] = [graph.ints("from", [-1]), graph.ints("to", [2 ** 31])];
  const last = graph.operation("Slice", [x, from, to, graph.ints("axis", [1])]);
  const scores =
    weights === "q8"
      ? graph.product(last, "embedding")
      : graph.operation(
          "Gemm",
          [graph.operation("Reshape", [last, graph.ints("flat", [-1, dModel])]), graph.parameter("embedding.weight")],
          { transB: 1 },
        );
  graph.operation("Reshape", [scores, graph.ints("scores", [-1, 1, vocabSize])], {}, ["logits"]);
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
