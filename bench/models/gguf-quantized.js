/** Blocks of 32 that share a scale, as in ggml. @see ggml's quantize_row_q8_0_ref and quantize_row_q4_0_ref */
const BLOCK = 32;

export const formats = {
  float32: { type: 0, file: 0 },
  q8: { type: 8, file: 7, bytes: 34, write: writeEight },
  q4: { type: 2, file: 2, bytes: 18, write: writeFour },
};

/** A matrix's rows in a quantized format: a half-precision scale, then the block's numbers. */
export function quantized(data, { bytes, write }) {
  const blocks = data.length / BLOCK;
  const result = new Uint8Array(blocks * bytes);
  const view = new DataView(result.buffer);
  for (let block = 0; block < blocks; block++)
    write(data.subarray(block * BLOCK, (block + 1) * BLOCK), view, block * bytes);
  return result;
}

function writeEight(x, view, at) {
  const scale = x.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127;
  view.setUint16(at, half(scale), true);
  for (let i = 0; i < BLOCK; i++) view.setInt8(at + 2 + i, scale === 0 ? 0 : Math.round(x[i] / scale));
}

function writeFour(x, view, at) {
  const scale = x.reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0) / -8;
  const four = (value) => (scale === 0 ? 8 : Math.min(15, Math.floor(value / scale + 8.5)));
  view.setUint16(at, half(scale), true);
  for (let i = 0; i < 16; i++) view.setUint8(at + 2 + i, four(x[i]) | (four(x[i + 16]) << 4));
}

/** The bits of the nearest half-precision number. Scales are neither huge nor infinite. */
function half(value) {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  // Below 2^-14 the spacing is constant.
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}
