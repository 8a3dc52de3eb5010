import { float, joined, part, whole } from "./protobuf.js";

/** Writes ONNX models. @see onnx.proto of ONNX 1.16, which defines the field numbers below */
const types = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };

const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const initializer = (type, name, shape, values) => [
  ...shape.flatMap((size) => whole(1, size)),
  ...whole(2, types[type]),
  ...part(8, name),
  ...part(9, [bytesOf(values)]),
];
export const float32 = (name, shape, values) => initializer("float32", name, shape, values);
export const int8 = (name, shape, values) => initializer("int8", name, shape, values);
export const int64 = (name, values, shape = [values.length]) =>
  initializer(
    "int64",
    name,
    shape,
    BigInt64Array.from(values, (value) => BigInt(value)),
  );

/** A number with a fraction, or an object `{ float }`, is a float attribute; whole numbers and their lists are ints. */
function attribute(name, value) {
  if (Array.isArray(value)) return [...part(1, name), ...value.flatMap((int) => whole(8, int)), ...whole(20, 7)];
  if (typeof value === "string") return [...part(1, name), ...part(4, value), ...whole(20, 3)];
  if (typeof value === "object") return [...part(1, name), ...float(2, value.float), ...whole(20, 1)];
  return [...part(1, name), ...whole(3, value), ...whole(20, 2)];
}

/** One operation of the graph. */
export const node = (operation, inputs, outputs, { domain = "", ...attributes } = {}) => [
  ...inputs.flatMap((name) => part(1, name)),
  ...outputs.flatMap((name) => part(2, name)),
  ...part(4, operation),
  ...(domain ? part(7, domain) : []),
  ...Object.entries(attributes).flatMap(([name, value]) => part(5, attribute(name, value))),
];

/** A size is a number, or a name if it is dynamic. */
function valueInfo({ name, shape, type = "float32" }) {
  const dimensions = shape.flatMap((size) => part(1, typeof size === "string" ? part(2, size) : whole(1, size)));
  const tensorType = [...whole(1, types[type]), ...part(2, dimensions)];
  return [...part(1, name), ...part(2, part(1, tensorType))];
}

const opset = (domain, version) => part(8, [...part(1, domain), ...whole(2, version)]);

/** The chunks of a model, for files too large to copy. */
export function modelChunks({ nodes, initializers, inputs, outputs }) {
  const graph = [
    ...nodes.flatMap((content) => part(1, content)),
    ...part(2, "bench"),
    ...initializers.flatMap((content) => part(5, content)),
    ...inputs.flatMap((input) => part(11, valueInfo(input))),
    ...outputs.flatMap((output) => part(12, valueInfo(output))),
  ];
  return [...whole(1, 9), ...part(7, graph), ...opset("", 20), ...opset("com.microsoft", 1)];
}

export const model = (graph) => joined(modelChunks(graph));
