import type { ConvolutionSpec, View } from "../../../kernels";
import { paddedSize } from "./plan";

/** Places that are computed together: all of several images, or rows of places of one. */
export interface Block {
  first: number;
  images: number;
  row: number;
  rows: number;
}

/** Numbers of patches that are in memory at once. */
const MOST = 2 ** 22;

/** All blocks, of each group of images. An empty batch is one block. */
export function blocksOf(plan: ConvolutionSpec): Block[][] {
  const { batch, channels, axes } = plan;
  const [down, across] = axes;
  const perRow = channels * down.kernel * across.kernel * across.places;
  const images = atMost(MOST / (perRow * down.places), Math.max(1, batch));
  const rows = atMost(MOST / perRow, down.places);
  return starts(Math.max(1, batch), images).map((first) =>
    starts(down.places, rows).map((row) => ({
      ...{ first, images: Math.min(images, batch - first) },
      ...{ row, rows: Math.min(rows, down.places - row) },
    })),
  );
}

const atMost = (wanted: number, most: number): number => Math.max(1, Math.min(most, Math.floor(wanted)));
const starts = (size: number, step: number): number[] =>
  Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step);

/** Elements of a channel of x with its zeros. */
export const planeOf = ({ axes: [a, b] }: ConvolutionSpec): number => paddedSize(a) * paddedSize(b);

/** How the places of an image lie in a row of patches: `length` of them, and `step` from one row of places to the next. */
export interface Grid {
  length: number;
  step: number;
}

/** One place after another. */
export const dense = ({ axes }: ConvolutionSpec, { rows }: Block): Grid => ({
  length: rows * axes[1].places,
  step: axes[1].places,
});

/**
 * As the kernel moves over the joined rows of x, element by element: what it meets first is a single run, copied at
 * once. The few places between the rows have no meaning. Undefined unless they are few, and the strides are 1.
 */
export function joinedRows({ axes: [down, across] }: ConvolutionSpec, { rows }: Block): Grid | undefined {
  const step = paddedSize(across);
  if (down.stride !== 1 || across.stride !== 1 || across.places === 1 || step > 1.25 * across.places) return undefined;
  return { length: (rows - 1) * step + across.places, step };
}

/** The patches of a block in x with its zeros: [channels, kernel, kernel, images, rows, places]. */
export function patches(plan: ConvolutionSpec, { first, images, row, rows }: Block, grid: Grid): View {
  const { channels, axes } = plan;
  const [down, across] = axes;
  const width = paddedSize(across);
  const plane = planeOf(plan);
  const isDense = grid.length === rows * across.places;
  return {
    shape: [channels, down.kernel, across.kernel, images, ...(isDense ? [rows, across.places] : [grid.length])],
    start: first * channels * plane + row * down.stride * width,
    steps: [
      ...[plane, down.dilation * width, across.dilation, channels * plane],
      ...(isDense ? [down.stride * width, across.stride] : [1]),
    ],
  };
}

/** x within its zeros; undefined if it has none. */
export function inside(plan: ConvolutionSpec): View | undefined {
  const [down, across] = plan.axes;
  const [height, width] = [paddedSize(down), paddedSize(across)];
  if (height === down.size && width === across.size) return undefined;
  return {
    shape: [plan.batch * plan.channels, down.size, across.size],
    start: down.before * width + across.before,
    steps: [height * width, width, 1],
  };
}

/** The places of a block in y [batch, out, places], as [out, images, places]; undefined if that is how y lies. */
export function outputs({ batch, out, axes: [down, across] }: ConvolutionSpec, block: Block): View | undefined {
  const { first, images, row, rows } = block;
  if (batch === 1 && rows === down.places) return undefined;
  const all = down.places * across.places;
  return {
    shape: [out, images, rows * across.places],
    start: first * out * all + row * across.places,
    steps: [all, out * all, 1],
  };
}

/**
 * A block's results as [images, out, rows, places]. They lie as [out, images, grid], or as [images, grid, out] if
 * `isByPlace`. Undefined if that is how they lie.
 */
export function placesOf(
  { out, axes }: ConvolutionSpec,
  block: Block,
  grid: Grid,
  isByPlace: boolean,
): View | undefined {
  const { images, rows } = block;
  const across = axes[1].places;
  if (!isByPlace && images === 1 && grid.step === across) return undefined;
  const { length, step } = grid;
  const steps = isByPlace ? [length * out, 1, step * out, out] : [length, images * length, step, 1];
  return { shape: [images, out, rows, across], start: 0, steps };
}
