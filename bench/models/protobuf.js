/** Just enough of Protocol Buffers to write a model: a message is a list of byte chunks, copied once, at the end. */

/** @see https://protobuf.dev/programming-guides/encoding */
export function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export const lengthOf = (chunks) => chunks.reduce((sum, { length }) => sum + length, 0);

/** Field `number` as a whole number. */
export const whole = (number, value) => [varint(number << 3), varint(value)];

/** Field `number` as a float. */
export const float = (number, value) => [varint((number << 3) | 5), new Uint8Array(Float32Array.of(value).buffer)];

/** Field `number` as bytes, text or a message: anything with a length. */
export function part(number, content) {
  const chunks = typeof content === "string" ? [new TextEncoder().encode(content)] : content;
  return [varint((number << 3) | 2), varint(lengthOf(chunks)), ...chunks];
}

/** All chunks in one array. */
export function joined(chunks) {
  const bytes = new Uint8Array(lengthOf(chunks));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
