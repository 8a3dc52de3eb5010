import type { Compression } from "./compression";

/** Numbers in a block. */
const BLOCK = 32;

/**
 * gpt-oss's experts of 4 bits: `_blocks` [experts, out, blocks, 16], bytes of two numbers in E2M1, the first in the low
 * bits; and `_scales` [experts, out, blocks], the exponents of powers of two. The weight is [experts, in, out], as
 * transformers has it in float.
 *
 * @see Open Compute Project 2023, Microscaling Formats (MX), version 1.0, sections 5.3.3 and 5.4
 */
export const mxfp4: Compression = {
  parts: ["_blocks", "_scales"],
  isCompressed: ({ name }) => name.endsWith("_blocks"),
  weightOf(parts, _settings, error) {
    const [blocks, scales] = [parts[0]!.tensor, parts[1]!.tensor];
    for (const [part, { dtype }] of [blocks, scales].entries())
      if (dtype !== "U8") throw error(part, `dtype ${dtype}`, "U8");
    if (blocks.shape.length !== 4 || blocks.shape[3] !== BLOCK / 2)
      throw error(0, `shape [${blocks.shape.join(", ")}]`, `[experts, out, blocks, ${BLOCK / 2}]`);
    const [experts, out, count] = blocks.shape as readonly [number, number, number, number];
    if (scales.shape.join() !== [experts, out, count].join())
      throw error(1, `shape [${scales.shape.join(", ")}]`, `[${experts}, ${out}, ${count}], a scale for each block`);
    return {
      shape: [experts, count * BLOCK, out],
      decode: ([numbers, exponents]) => unpacked(numbers!.bytes, exponents!.bytes, out, count * BLOCK),
    };
  },
};

/** Sign, 2 exponent bits of bias 1, 1 fraction bit. */
const sizes = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
const numberOf = (bits: number): number => (bits & 8 ? -sizes[bits & 7]! : sizes[bits]!);

/** Rows of bytes [experts · out, in / 2] as numbers [experts, in, out]. */
function unpacked(bytes: Uint8Array, exponents: Uint8Array, out: number, width: number): Float32Array {
  const values = new Float32Array(2 * bytes.length);
  for (let row = 0; row * width < values.length; row++) {
    const start = Math.floor(row / out) * out * width + (row % out);
    for (let i = 0; i < width; i += 2) {
      const byte = bytes[(row * width + i) / 2]!;
      const scale = 2 ** (exponents[Math.floor((row * width + i) / BLOCK)]! - 127);
      values[start + i * out] = numberOf(byte & 15) * scale;
      values[start + (i + 1) * out] = numberOf(byte >> 4) * scale;
    }
  }
  return values;
}
