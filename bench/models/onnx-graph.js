import { int8Of } from "./onnx-quantized.js";
import { float32, int8, int64, node } from "./onnx-writer.js";

const contrib = "com.microsoft";

/** Builds a graph from a model's parameters: every method adds operations and returns the name of their output. */
export class OnnxGraph {
  nodes = [];
  initializers = [];
  inputs = [];
  outputs = [];
  #parameters;
  #quantized;
  #names = 0;

  /** @param weights "float32", or "q8" for products and embeddings as in the files that transformers.js calls q8 */
  constructor(model, weights) {
    this.#parameters = model.parameters();
    this.#quantized = weights === "q8";
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

  /** Rows of a table. */
  gather(path, ids) {
    if (!this.#quantized) return this.operation("Gather", [this.parameter(path), ids]);
    const { shape, data } = this.#parameters.get(path);
    const [values, scale, zero] = this.#int8(path, [...shape], data);
    return this.operation("DequantizeLinear", [this.operation("Gather", [values, ids]), scale, zero]);
  }

  /** x Wᵀ: our weights are [out, in], ONNX's product needs [in, out]. */
  product(x, path) {
    const { shape, data } = this.#parameters.get(`${path}.weight`);
    const name = `${path}.transposed`;
    const turned = [...shape].reverse();
    if (this.#quantized) return this.#integerProduct(x, this.#int8(name, turned, transposed(data, ...shape)));
    return this.operation("MatMul", [x, this.constant(name, () => float32(name, turned, transposed(data, ...shape)))]);
  }

  #rounded = new Map();
  /** x is rounded once for all its products. The operations are those that ONNX Runtime fuses. */
  #integerProduct(x, [values, scale, zero]) {
    if (!this.#rounded.has(x)) {
      const names = ["rounded", "scale", "zero"].map((part) => `${x}.${part}`);
      this.operation("DynamicQuantizeLinear", [x], {}, names);
      this.#rounded.set(x, names);
    }
    const [rounded, scaleOfX, zeroOfX] = this.#rounded.get(x);
    const sums = this.operation("MatMulInteger", [rounded, values, zeroOfX, zero]);
    const scales = this.operation("Mul", [scaleOfX, scale]);
    return this.operation("Mul", [this.operation("Cast", [sums], { to: 1 }), scales]);
  }

  /** The names of a matrix's numbers in 8 bits, their scale and their zero. */
  #int8(name, shape, data) {
    const names = ["int8", "scale", "zero"].map((part) => `${name}.${part}`);
    if (this.#constants.has(names[0])) return names;
    const { values, scale } = int8Of(data);
    this.constant(names[0], () => int8(names[0], shape, values));
    this.constant(names[1], () => float32(names[1], [], Float32Array.of(scale)));
    this.constant(names[2], () => int8(names[2], [], Int8Array.of(0)));
    return names;
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
