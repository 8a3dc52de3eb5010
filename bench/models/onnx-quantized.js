/**
 * A matrix in 8 signed bits with one scale, as ONNX Runtime's quantize_dynamic writes it in its defaults, and as
 * transformers.js's scripts/quantize.py asks of it for "q8" models without convolutions: QInt8, not per channel.
 */
export function int8Of(data) {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  const scale = largest / 127 || 1;
  return { scale, values: Int8Array.from(data, (value) => Math.round(value / scale)) };
}
