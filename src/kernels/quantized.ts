import type { Buffer } from "./buffers";
import type { Primitive } from "./primitive";

/** Quantized weights of 8 or 4 bits, in blocks of 32 that share a scale: the values of GGUF's Q8_0 and Q4_0. */
export type QuantizedFormat = "q8" | "q4";

/** The number of weights that share a scale. */
export const BLOCK = 32;
/** The number of rows that are interleaved in one line of cells. */
export const FOLD = 4;

/**
 * How the left side of a product with quantized weights is rounded, in blocks of 32 with a scale: to 8 bits, to 12 or more,
 * or not at all.
 */
export type Activations = 8 | 12 | "float32";

interface QuantizedMatrix {
  format: QuantizedFormat;
  /** If omitted, the kernels choose: 8 or 12, whichever is faster. */
  activations?: Activations | undefined;
  rows: number;
  /** A multiple of 32. */
  columns: number;
}

/** A matrix [rows, columns] of quantized weights that only the kernels that made it can look into. */
export interface DeviceQuantized extends QuantizedMatrix {
  /** The name of these kernels. */
  device: string;
}

/** A matrix [rows, columns] of quantized weights: on the CPU, cells of bytes. */
export type Quantized = QuantizedCells | DeviceQuantized;

/** A matrix [rows, columns] of quantized weights on the CPU. */
export interface QuantizedCells extends QuantizedMatrix {
  /**
   * [⌈rows / 4⌉, columns / 32] cells, each one block of four rows, so that one instruction works on four rows and
   * each number is read once. A cell is four float32 scales, then the numbers; number i of row r is
   * - q8: byte 16 ⌊i / 4⌋ + 4 r + i mod 4, signed;
   * - q4: half of byte 16 ⌊i mod 16 / 4⌋ + 4 r + i mod 4, the low one for i < 16, unsigned with 8 for zero.
   */
  cells: Uint8Array;
}

/** A matrix that a row is multiplied by, and a bias [matrix.rows]. */
export interface QuantizedFactor<Numbers extends Buffer = Buffer, Matrix extends Quantized = Quantized> {
  weight: Matrix;
  bias: Numbers | undefined;
}

/** A matrix [rows, columns] in 8 or 4 bits. */
export const quantize: Primitive<
  [x: Buffer, rows: number, columns: number, format: QuantizedFormat, activations?: Activations | undefined],
  Quantized
> = {
  name: "quantize",
  reference: (x: Float32Array, rows, columns, format, activations) => ({
    ...quantizeRows(x, rows, columns, format),
    ...(activations && { activations }),
  }),
};

/** Rows of the matrix; all if `ids` is omitted. */
export const dequantize: Primitive<[matrix: Quantized, ids?: Int32Array], Buffer> = {
  name: "dequantize",
  reference: (matrix: QuantizedCells, ids) => dequantizeRows(matrix, ids),
};

/** Bytes of the four scales at the start of a cell. */
const SCALES = 4 * FOLD;

const cellBytes = (format: QuantizedFormat): number => SCALES + (FOLD * BLOCK) / (format === "q8" ? 1 : 2);

/** The bytes of a matrix's cells. */
const cellsOf = (format: QuantizedFormat, rows: number, columns: number): number =>
  Math.ceil(rows / FOLD) * (columns / BLOCK) * cellBytes(format);

const eightAt = (row: number, i: number): number => SCALES + 16 * (i >> 2) + 4 * row + (i & 3);
const fourAt = (row: number, i: number): number => eightAt(row, i & 15);

/**
 * q8: scale = max |x| / 127, value = round(x / scale). q4: scale = (the x of largest magnitude) / −8, value = ⌊x /
 * scale + 8.5⌋, at most 15. Scales are rounded to half precision, as in GGUF.
 */
export function quantizeRows(x: Float32Array, rows: number, columns: number, format: QuantizedFormat): QuantizedCells {
  const cells = new Uint8Array(cellsOf(format, rows, columns));
  const scales = new Float32Array(cells.buffer);
  const quantizeBlock = format === "q8" ? quantizeEight : quantizeFour;
  for (let row = 0, from = 0; row < rows; row++)
    for (let block = 0; block < columns / BLOCK; block++, from += BLOCK) {
      const cell = cellAt(format, columns, row, block);
      scales[cell / 4 + (row % FOLD)] = roundToHalf(quantizeBlock(x, from, cells, cell, row % FOLD));
    }
  return { format, rows, columns, cells };
}

const cellAt = (format: QuantizedFormat, columns: number, row: number, block: number): number =>
  (Math.floor(row / FOLD) * (columns / BLOCK) + block) * cellBytes(format);

function quantizeEight(x: Float32Array, from: number, cells: Uint8Array, cell: number, row: number): number {
  let largest = 0;
  for (let i = 0; i < BLOCK; i++) largest = Math.max(largest, Math.abs(x[from + i]!));
  const scale = Math.fround(largest / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  for (let i = 0; i < BLOCK; i++) {
    const value = Math.fround(x[from + i]! * inverse);
    // Halves round away from zero.
    cells[cell + eightAt(row, i)] = Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
  }
  return scale;
}

function quantizeFour(x: Float32Array, from: number, cells: Uint8Array, cell: number, row: number): number {
  let largest = 0;
  for (let i = 0; i < BLOCK; i++) {
    const value = x[from + i]!;
    // NaN makes the whole block NaN, as with 8 bits.
    if (Math.abs(value) > Math.abs(largest) || Number.isNaN(value)) largest = value;
  }
  const scale = Math.fround(largest / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const four = (i: number) => Math.min(15, Math.trunc(Math.fround(Math.fround(x[from + i]! * inverse) + 8.5)));
  for (let i = 0; i < 16; i++) cells[cell + fourAt(row, i)] = four(i) | (four(i + 16) << 4);
  return scale;
}

/** Rows of the matrix as float32; all if `ids` is omitted. */
export function dequantizeRows(matrix: QuantizedCells, ids?: Int32Array): Float32Array {
  const { format, rows, columns, cells } = matrix;
  const scales = new Float32Array(cells.buffer, cells.byteOffset, cells.length / 4);
  const fours = new Int32Array(scales.buffer, scales.byteOffset, scales.length);
  const expandBlock = format === "q8" ? expandEight : expandFour;
  const count = ids?.length ?? rows;
  const output = new Float32Array(count * columns);
  for (let line = 0, at = 0; line < count; line++) {
    const id = ids?.[line] ?? line;
    const row = id % FOLD;
    for (let block = 0; block < columns / BLOCK; block++, at += BLOCK) {
      const cell = cellAt(format, columns, id, block) / 4;
      expandBlock(fours, cell + SCALES / 4 + row, scales[cell + row]!, output, at);
    }
  }
  return output;
}

/** A block of a row, whose next four numbers are `FOLD` words on. Four bytes are read at a time, the first the lowest. */
function expandEight(fours: Int32Array, word: number, scale: number, output: Float32Array, at: number): void {
  for (const end = at + BLOCK; at < end; at += 4, word += FOLD) {
    const four = fours[word]!;
    output[at] = scale * ((four << 24) >> 24);
    output[at + 1] = scale * ((four << 16) >> 24);
    output[at + 2] = scale * ((four << 8) >> 24);
    output[at + 3] = scale * (four >> 24);
  }
}

/** The same for halves of bytes: of each, the high half belongs to the number 16 further on. */
function expandFour(fours: Int32Array, word: number, scale: number, output: Float32Array, at: number): void {
  for (const end = at + BLOCK / 2; at < end; at += 4, word += FOLD) {
    const four = fours[word]!;
    output[at] = scale * ((four & 15) - 8);
    output[at + 1] = scale * (((four >> 8) & 15) - 8);
    output[at + 2] = scale * (((four >> 16) & 15) - 8);
    output[at + 3] = scale * (((four >> 24) & 15) - 8);
    output[at + 16] = scale * (((four >> 4) & 15) - 8);
    output[at + 17] = scale * (((four >> 12) & 15) - 8);
    output[at + 18] = scale * (((four >> 20) & 15) - 8);
    output[at + 19] = scale * ((four >>> 28) - 8);
  }
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
