import { toFloat32 } from "../values/float32";
import type { Decoding } from "../values/stored-tensor";
import type { GgufDtype } from "./dtype";

const BLOCK = 32;
const SCALE_BYTES = 2;

/** Reads the 32 numbers of the block whose numbers begin at byte `from`, and writes them, not yet scaled, to `values[at]` and after. */
type Unpack = (bytes: Uint8Array, from: number, values: Float32Array, at: number) => void;

/** 32 signed bytes. */
const eight: Unpack = (bytes, from, values, at) => {
  for (let i = 0; i < BLOCK; i++) values[at + i] = ((bytes[from + i] as number) << 24) >> 24;
};

/** 16 bytes. Byte i holds two 4-bit numbers, each plus 8: number i in the low half, and number i + 16 in the high half. */
const four: Unpack = (bytes, from, values, at) => {
  for (let i = 0; i < BLOCK / 2; i++) {
    const pair = bytes[from + i] as number;
    values[at + i] = (pair & 15) - 8;
    values[at + i + BLOCK / 2] = (pair >> 4) - 8;
  }
};

const blocks: Partial<Record<GgufDtype, { bytes: number; unpack: Unpack }>> = {
  Q8_0: { bytes: SCALE_BYTES + BLOCK, unpack: eight },
  Q4_0: { bytes: SCALE_BYTES + BLOCK / 2, unpack: four },
};

/** Converts GGUF's dtypes to float32. */
export const ggufDecoding: Decoding<GgufDtype> = {
  dtypes: ["F32", "F16", "BF16", "F64", "I8", "I16", "I32", "I64", "Q8_0", "Q4_0"],
  toFloat32(dtype, bytes) {
    const layout = blocks[dtype];
    if (layout === undefined) return toFloat32(dtype, bytes);
    const count = bytes.length / layout.bytes;
    const halves = new Uint8Array(count * SCALE_BYTES);
    const values = new Float32Array(count * BLOCK);
    for (let block = 0; block < count; block++) {
      const from = block * layout.bytes;
      halves.set(bytes.subarray(from, from + SCALE_BYTES), block * SCALE_BYTES);
      layout.unpack(bytes, from + SCALE_BYTES, values, block * BLOCK);
    }
    const scales = toFloat32("F16", halves) as Float32Array;
    for (let i = 0; i < values.length; i++)
      values[i] = (values[i] as number) * (scales[Math.floor(i / BLOCK)] as number);
    return values;
  },
};
