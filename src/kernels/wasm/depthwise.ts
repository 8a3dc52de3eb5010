import type { Along, ConvolutionSpec } from "../specs";
import { convolutions } from "./binaries";
import { CHUNK, placeOf, streamOf, wideOf } from "./stream";

const convolutionStream = /* @__PURE__ */ streamOf(convolutions);

/** Numbers of x and of y that are in the memory at once: two places each. */
const MOST = 2 * CHUNK;
const X = placeOf(0);
const Y = placeOf(2);
const OFFSETS = wideOf(0);
const WEIGHTS = wideOf(1);

/** A part of the places of a plane, and of x what their kernels meet. */
interface Tile {
  /** Of places. */
  rows: number;
  columns: number;
  /**
   * Numbers of a row of x: those that are `stride` apart lie together, so that neighbouring places meet neighbouring
   * numbers.
   */
  phase: number;
  row: number;
}

/** Depthwise convolution by vector instructions; undefined if the kernel is too large for the memory. */
export function depthwiseVector(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  { batch, channels, out, axes }: ConvolutionSpec,
): Float32Array | undefined {
  // A single column is a row.
  const [down, across] = isSingle(axes[1]) ? [axes[1], axes[0]] : axes;
  const taps = down.kernel * across.kernel;
  const tile = tileOf(down, across);
  if (tile === undefined || taps > CHUNK) return undefined;
  const stream = convolutionStream();
  const plane = down.size * across.size;
  const places = down.places * across.places;
  const output = new Float32Array(batch * out * places);
  new Uint32Array(stream.numbers.buffer, OFFSETS, taps).set(offsetsOf(tile, down, across));
  for (let channel = 0; channel < batch * channels; channel++)
    forEachTile(tile, down, across, (row, column, rows, columns) => {
      const from = x.subarray(channel * plane, (channel + 1) * plane);
      copyIn(stream.numbers, from, tile, down, across, row, column, rows);
      for (let i = 0; i < out / channels; i++) {
        const one = (channel * out) / channels + i;
        const filter = one % out;
        stream.numbers.set(weight.subarray(filter * taps, (filter + 1) * taps), WEIGHTS / 4);
        const step = 4 * down.stride * tile.row;
        stream.assembly.depthwise!(X, OFFSETS, WEIGHTS, taps, Y, rows, columns, step, bias?.[filter] ?? 0);
        copyOut(stream.numbers, output, one * places + row * across.places + column, across.places, rows, columns);
      }
    });
  return output;
}

const isSingle = ({ size, kernel, places, before }: Along): boolean =>
  size === 1 && kernel === 1 && places === 1 && before === 0;

const spanOf = ({ kernel, dilation }: Along): number => dilation * (kernel - 1) + 1;
/** The most places whose kernels together span so many elements. */
const fitting = (elements: number, along: Along): number =>
  Math.min(along.places, Math.floor((elements - spanOf(along)) / along.stride) + 1);

/** The largest tile that fits; undefined if no place does. */
function tileOf(down: Along, across: Along): Tile | undefined {
  const { stride } = across;
  const columns = fitting(Math.floor(MOST / (spanOf(down) * stride)) * stride, across);
  if (columns < 1) return undefined;
  const phase = Math.ceil(((columns - 1) * stride + spanOf(across)) / stride);
  const row = phase * stride;
  const rows = Math.min(fitting(Math.floor(MOST / row), down), Math.floor(MOST / columns));
  return { rows, columns, phase, row };
}

/** Of each number of the kernel, in bytes. */
function offsetsOf({ phase, row }: Tile, down: Along, across: Along): number[] {
  return Array.from({ length: down.kernel * across.kernel }, (_, tap) => {
    const i = Math.floor(tap / across.kernel) * down.dilation;
    const j = (tap % across.kernel) * across.dilation;
    return 4 * (i * row + (j % across.stride) * phase + Math.floor(j / across.stride));
  });
}

function forEachTile(
  tile: Tile,
  down: Along,
  across: Along,
  visit: (row: number, column: number, rows: number, columns: number) => void,
): void {
  for (let row = 0; row < down.places; row += tile.rows)
    for (let column = 0; column < across.places; column += tile.columns)
      visit(row, column, Math.min(tile.rows, down.places - row), Math.min(tile.columns, across.places - column));
}

/** Copies what the kernels of a tile meet, with zeros around x. */
function copyIn(
  numbers: Float32Array,
  x: Float32Array,
  { phase, row: width }: Tile,
  down: Along,
  across: Along,
  row: number,
  column: number,
  rows: number,
): void {
  const first = row * down.stride - down.before;
  const left = column * across.stride - across.before;
  const height = (rows - 1) * down.stride + spanOf(down);
  for (let i = 0; i < height; i++) {
    const at = X / 4 + i * width;
    const y = first + i;
    if (y < 0 || y >= down.size) numbers.fill(0, at, at + width);
    else
      for (let p = 0; p < across.stride; p++)
        copyPhase(numbers, at + p * phase, phase, x, y * across.size, across.size, left + p, across.stride);
  }
}

/** `count` numbers of a row of `size`, `step` apart, from number `left` on; zeros outside. */
function copyPhase(
  numbers: Float32Array,
  at: number,
  count: number,
  x: Float32Array,
  row: number,
  size: number,
  left: number,
  step: number,
): void {
  const from = Math.min(count, Math.max(0, Math.ceil(-left / step)));
  const to = Math.max(from, Math.min(count, Math.ceil((size - left) / step)));
  numbers.fill(0, at, at + from);
  numbers.fill(0, at + to, at + count);
  if (step === 1) numbers.set(x.subarray(row + left + from, row + left + to), at + from);
  else for (let i = from; i < to; i++) numbers[at + i] = x[row + left + i * step]!;
}

function copyOut(
  numbers: Float32Array,
  output: Float32Array,
  at: number,
  step: number,
  rows: number,
  columns: number,
): void {
  const whole = step === columns ? [rows * columns, 1] : [columns, rows];
  for (let i = 0; i < whole[1]!; i++)
    output.set(numbers.subarray(Y / 4 + i * whole[0]!, Y / 4 + (i + 1) * whole[0]!), at + i * step);
}
