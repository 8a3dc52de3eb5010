import { type Buffer, type ConvolutionSpec, kernels, type MatmulSpec } from "../../../kernels";
import { addView, join, readView } from "../../../kernels/internal";
import { full } from "../../make";
import { type Block, blocksOf, dense, inside, joinedRows, outputs, patches, placesOf, planeOf } from "./blocks";

/**
 * A convolution is linear in x and in the weight. With numbers c for the outputs, Σ c · y is linear in all three, and
 * its derivative by each of them follows from the other two: y itself, and both gradients. Each is a product of
 * matrices with the patches of x that the kernel meets, [channels · kernel, places]. They are made for a part of the
 * places at a time, so that they take little memory.
 *
 * @see Chellapilla, Puri and Simard 2006, High Performance Convolutional Neural Networks for Document Processing
 */
export type Role = "x" | "weight" | "y";

/** y, with a bias [out] for every place. */
export function outputOf(x: Buffer, weight: Buffer, plan: ConvolutionSpec, bias: Buffer | undefined): Buffer {
  const source = padded(x, plan);
  const part = (block: Block): Buffer => {
    const grid = joinedRows(plan, block) ?? dense(plan, block);
    const met = kernels().run(readView, source, patches(plan, block, grid));
    const [outs, columns] = [outsOf(plan), block.images * grid.length];
    // The right side is not copied if it is a parameter: the weight, unless it is the smaller one.
    const isByPlace = columns < outs;
    const product = productOf(plan, met, weight, bias, columns, isByPlace);
    const view = placesOf(plan, block, grid, isByPlace);
    return view ? kernels().run(readView, product, view) : product;
  };
  const images = blocksOf(plan).map((blocks) => joined(blocks.map(part), plan.out));
  return joined(images, 1);
}

/** [groups, outputs, columns], or [groups, columns, outputs] if `isByPlace`. */
function productOf(
  plan: ConvolutionSpec,
  met: Buffer,
  weight: Buffer,
  bias: Buffer | undefined,
  columns: number,
  isByPlace: boolean,
): Buffer {
  const [outs, depth] = [outsOf(plan), depthOf(plan)];
  const stored = isByPlace ? { transposeA: true, transposeB: true } : {};
  if (bias === undefined || (isByPlace && plan.groups === 1))
    return isByPlace
      ? multiply(plan, met, weight, columns, depth, outs, stored, bias)
      : multiply(plan, weight, met, outs, depth, columns);
  // The bias is one more number of the kernel, which meets ones: another pass over the result would take longer.
  const ones = full([plan.groups * columns], 1).buffer;
  const [kernel, all] = [joined([weight, bias], plan.out), joined([met, ones], plan.groups)];
  return isByPlace
    ? multiply(plan, all, kernel, columns, depth + 1, outs, stored)
    : multiply(plan, kernel, all, outs, depth + 1, columns);
}

/** x from the weight and y: the gradient by x. */
export function inputOf(weight: Buffer, y: Buffer, plan: ConvolutionSpec): Buffer {
  const part = (block: Block): Buffer => {
    const grid = dense(plan, block);
    const g = outputsOf(y, plan, block);
    const columns = block.images * grid.length;
    const met = multiply(plan, weight, g, depthOf(plan), outsOf(plan), columns, { transposeA: true });
    const size = block.images * plan.channels * planeOf(plan);
    return kernels().run(addView, met, patches(plan, { ...block, first: 0 }, grid), size);
  };
  const images = blocksOf(plan).map((blocks) =>
    added(blocks.map(part), blocks[0]!.images * plan.channels * planeOf(plan)),
  );
  const view = inside(plan);
  return view ? kernels().run(readView, joined(images, 1), view) : joined(images, 1);
}

/** The weight from x and y: the gradient by the weight. */
export function weightOf(x: Buffer, y: Buffer, plan: ConvolutionSpec): Buffer {
  const source = padded(x, plan);
  const part = (block: Block): Buffer => {
    const grid = dense(plan, block);
    const met = kernels().run(readView, source, patches(plan, block, grid));
    const g = outputsOf(y, plan, block);
    return multiply(plan, g, met, outsOf(plan), block.images * grid.length, depthOf(plan), { transposeB: true });
  };
  return added(blocksOf(plan).flat().map(part), plan.out * depthOf(plan));
}

/** Channels of the output, and elements of x that one of them meets, in each group. */
const outsOf = ({ out, groups }: ConvolutionSpec): number => out / groups;
const depthOf = ({ channels, groups, axes: [a, b] }: ConvolutionSpec): number =>
  (channels / groups) * a.kernel * b.kernel;

/** One product for each group. */
function multiply(
  { groups }: ConvolutionSpec,
  a: Buffer,
  b: Buffer,
  m: number,
  k: number,
  n: number,
  stored: Partial<MatmulSpec> = {},
  bias?: Buffer,
): Buffer {
  const each = Array.from({ length: groups }, (_, i) => i);
  const spec = { m, k, n, transposeA: false, transposeB: false, batchA: each, batchB: each };
  return kernels().matmul(a, b, { ...spec, ...stored }, bias);
}

/** x with its zeros around. */
function padded(x: Buffer, plan: ConvolutionSpec): Buffer {
  const view = inside(plan);
  return view ? kernels().run(addView, x, view, plan.batch * plan.channels * planeOf(plan)) : x;
}

/** What lies in y at the places of a block, as [out, images, places]. */
function outputsOf(y: Buffer, plan: ConvolutionSpec, block: Block): Buffer {
  const view = outputs(plan, block);
  return view ? kernels().run(readView, y, view) : y;
}

const joined = (parts: readonly Buffer[], outer: number): Buffer =>
  parts.length === 1 ? parts[0]! : kernels().run(join, parts, outer);

function added(parts: readonly Buffer[], size: number): Buffer {
  const plan = { shape: [size], stepsA: [1], stepsB: [1] };
  return parts.reduce((total, part) => kernels().binary("add", total, part, plan));
}
