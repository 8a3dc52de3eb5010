import { float32, int64, node } from "./onnx-writer.js";

const contrib = "com.microsoft";

/** Builds a graph from a model's parameters: every method adds operations and returns the name of their output. */
export class OnnxGraph {
  nodes = [];
  initializers = [];
  inputs = [];
  outputs = [];
  #parameters;
  #names = 0;

  constructor(model) {
    this.#parameters = model.parameters();
  }

  has(path) {
    return this.#parameters.has(path);
  }

  input(name, shape, type) {
    this.inputs.push({ name, shape, type });
    return name;
  }

  output(name, shape, type) {
    this.outputs.push({ name, shape, type });
  }

  /** A parameter, unchanged. */
  parameter(path) {
    const { shape, data } = this.#parameters.get(path);
    return this.constant(path, () => float32(path, [...shape], data));
  }

  ints(name, values) {
    return this.constant(name, () => int64(name, values));
  }

  #constants = new Set();
  constant(name, make) {
    if (!this.#constants.has(name)) this.initializers.push(make());
    this.#constants.add(name);
    return name;
  }

  operation(name, inputs, attributes = {}, outputs = [`v${this.#names++}`]) {
    this.nodes.push(node(name, inputs, outputs, attributes));
    return outputs[0];
  }

  fused(name, inputs, attributes = {}, outputs = undefined) {
    return this.operation(name, inputs, { ...attributes, domain: contrib }, outputs);
  }

  /** x Wᵀ: our weights are [out, in], ONNX's product needs [in, out]. */
  product(x, path) {
    const { shape, data } = this.#parameters.get(`${path}.weight`);
    const name = `${path}.transposed`;
    const w = this.constant(name, () => float32(name, [...shape].reverse(), transposed(data, ...shape)));
    return this.operation("MatMul", [x, w]);
  }

  linear(x, path) {
    const product = this.product(x, path);
    return this.has(`${path}.bias`) ? this.operation("Add", [product, this.parameter(`${path}.bias`)]) : product;
  }

  norm(x, path, epsilon) {
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    const weight = this.parameter(`${path}.weight`);
    return this.has(`${path}.bias`)
      ? this.operation("LayerNormalization", [x, weight, this.parameter(`${path}.bias`)], attributes)
      : this.operation("SimplifiedLayerNormalization", [x, weight], attributes);
  }
}

function transposed(values, rows, columns) {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
  return result;
}
