/** Writes GGUF, version 3: fields, a list of tensors, their numbers. @see the GGUF specification in ggml's docs/gguf.md */
const kinds = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 };
const alignment = 32;

const uint32 = (value) => new Uint8Array(Uint32Array.of(value).buffer);
const uint64 = (value) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
const text = (value) => {
  const bytes = new TextEncoder().encode(value);
  return [uint64(bytes.length), bytes];
};
const content = {
  uint32: (value) => [uint32(value)],
  int32: (value) => [new Uint8Array(Int32Array.of(value).buffer)],
  float32: (value) => [new Uint8Array(Float32Array.of(value).buffer)],
  string: text,
};

/** A field whose value is `{ uint32: 3 }`, `{ string: "…" }` … or a list `{ array: "string", values }`. */
function field([name, value]) {
  const [kind] = Object.keys(value);
  if (kind !== "array") return [...text(name), uint32(kinds[kind]), ...content[kind](value[kind])];
  const items = value.values.flatMap((item) => content[value.array](item));
  return [...text(name), uint32(kinds.array), uint32(kinds[value.array]), uint64(value.values.length), ...items];
}

const padding = (length) => (alignment - (length % alignment)) % alignment;

/** The chunks of a file of tensors `{ name, shape, type, data }`; shapes are row-major, like ours. */
export function ggufChunks(fields, tensors) {
  const entries = Object.entries(fields);
  const head = [new TextEncoder().encode("GGUF"), uint32(3), uint64(tensors.length), uint64(entries.length)];
  // One by one: a vocabulary has more chunks than a call can take as arguments.
  for (const entry of entries) for (const chunk of field(entry)) head.push(chunk);
  let offset = 0;
  for (const { name, shape, type, data } of tensors) {
    const dimensions = [...shape].reverse().map(uint64);
    head.push(...text(name), uint32(shape.length), ...dimensions, uint32(type), uint64(offset));
    offset += data.byteLength + padding(data.byteLength);
  }
  const length = head.reduce((sum, chunk) => sum + chunk.length, 0);
  const bodies = tensors.flatMap(({ data }) => [
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    new Uint8Array(padding(data.byteLength)),
  ]);
  return [joinedSmall(head, length), new Uint8Array(padding(length)), ...bodies];
}

function joinedSmall(chunks, length) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
