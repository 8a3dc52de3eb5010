/** Weights of 8 or 4 bits, in blocks of 32 that share a scale: GGUF's Q8_0 and Q4_0. */
export type QuantizedFormat = "q8" | "q4";

/** Numbers that share a scale. */
export const BLOCK = 32;

/** A matrix [rows, columns] of few bits a number. */
export interface Quantized {
  format: QuantizedFormat;
  rows: number;
  /** A multiple of 32. */
  columns: number;
  /**
   * q8: one signed number a byte. q4: two numbers a byte, unsigned with 8 for zero; byte i of a block's 16 holds number i
   * in its low half and number i + 16 in its high half.
   */
  values: Uint8Array;
  /** One a block, [rows, columns / 32]. */
  scales: Float32Array;
}

/**
 * q8: scale = max |x| / 127, value = round(x / scale). q4: scale = (the x of largest magnitude) / −8,
 * value = ⌊x / scale + 8.5⌋, at most 15. Scales are rounded to half precision, as GGUF keeps them.
 */
export function quantizeRows(x: Float32Array, rows: number, columns: number, format: QuantizedFormat): Quantized {
  const blocks = (rows * columns) / BLOCK;
  const scales = new Float32Array(blocks);
  const values = new Uint8Array(format === "q8" ? rows * columns : (rows * columns) / 2);
  const quantizeBlock = format === "q8" ? quantizeEight : quantizeFour;
  for (let block = 0; block < blocks; block++) scales[block] = roundToHalf(quantizeBlock(x, block, values));
  return { format, rows, columns, values, scales };
}

function quantizeEight(x: Float32Array, block: number, values: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < BLOCK; i++) largest = Math.max(largest, Math.abs(x[block * BLOCK + i]!));
  const scale = Math.fround(largest / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  for (let i = 0; i < BLOCK; i++) {
    const value = Math.fround(x[block * BLOCK + i]! * inverse);
    // Halves go away from zero.
    values[block * BLOCK + i] = Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
  }
  return scale;
}

function quantizeFour(x: Float32Array, block: number, values: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < BLOCK; i++) {
    const value = x[block * BLOCK + i]!;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  const scale = Math.fround(largest / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const four = (i: number) => Math.min(15, Math.trunc(Math.fround(Math.fround(x[block * BLOCK + i]! * inverse) + 8.5)));
  for (let i = 0; i < 16; i++) values[block * 16 + i] = four(i) | (four(i + 16) << 4);
  return scale;
}

/** Rows of the matrix as float32, all of them unless some are named. */
export function dequantizeRows(matrix: Quantized, ids?: Int32Array): Float32Array {
  const { format, rows, columns, values, scales } = matrix;
  const count = ids?.length ?? rows;
  const output = new Float32Array(count * columns);
  for (let i = 0; i < count; i++) {
    const first = ((ids?.[i] ?? i) * columns) / BLOCK;
    for (let block = 0; block < columns / BLOCK; block++) {
      const scale = scales[first + block]!;
      const at = i * columns + block * BLOCK;
      if (format === "q8")
        for (let j = 0; j < BLOCK; j++) output[at + j] = scale * ((values[(first + block) * BLOCK + j]! << 24) >> 24);
      else
        for (let j = 0; j < 16; j++) {
          const pair = values[(first + block) * 16 + j]!;
          output[at + j] = scale * ((pair & 15) - 8);
          output[at + j + 16] = scale * ((pair >> 4) - 8);
        }
    }
  }
  return output;
}

/** The nearest number of half precision, ties to even. */
function roundToHalf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 10);
  const steps = x / step;
  const rounded = Math.round(steps);
  const even = Math.abs(steps % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  return even * step;
}
