import { configOf } from "./build.js";
import { OnnxGraph } from "./onnx-graph.js";
import { float32 } from "./onnx-writer.js";

/**
 * input_ids [batch, seq] and, if some texts are padded, attention_mask → last_hidden_state [batch, seq, dModel], with
 * ONNX Runtime's fastest fused operations. Without padding, its attention is faster without a mask.
 */
export function bertGraph(model, { weights, padded = false }) {
  const { dModel, heads, layers, epsilon } = configOf(model);
  const graph = new OnnxGraph(model, weights);
  const ids = graph.input("input_ids", ["batch", "seq"], "int64");
  const given = padded ? [graph.input("attention_mask", ["batch", "seq"], "int64")] : [];
  const mask = given.flatMap((name) => ["", graph.operation("Cast", [name], { to: 6 })]);
  const seq = graph.operation("Gather", [graph.operation("Shape", [ids]), graph.ints("one", [1])]);
  const zero = graph.ints("zero", [0]);
  const position = graph.operation("Slice", [graph.parameter("position.weight"), zero, seq, zero]);
  const type = model.parameters().get("types.weight").data.slice(0, dModel);
  let x = graph.gather("embedding.weight", ids);
  x = graph.operation("Add", [x, graph.constant("type", () => float32("type", [dModel], type))]);
  x = graph.norm(graph.operation("Add", [x, position]), "embeddingNorm", epsilon);
  for (let l = 0; l < layers; l++) {
    const part = (name) => `blocks.${l}.${name}`;
    const [q, k, v] = ["query", "key", "value"].map((name) => graph.linear(x, part(`attention.${name}`)));
    const context = graph.fused("MultiHeadAttention", [q, k, v, ...mask], { num_heads: heads });
    const attended = graph.operation("Add", [x, graph.linear(context, part("attention.output"))]);
    x = graph.norm(attended, part("attentionNorm"), epsilon);
    const up = graph.product(x, part("feedForward.up"));
    const hidden = graph.fused("BiasGelu", [up, graph.parameter(part("feedForward.up.bias"))]);
    const fed = graph.operation("Add", [x, graph.linear(hidden, part("feedForward.down"))]);
    x = graph.norm(fed, part("feedForwardNorm"), epsilon);
  }
  graph.operation("Identity", [x], {}, ["last_hidden_state"]);
  graph.output("last_hidden_state", ["batch", "seq", dModel]);
  return graph;
}
