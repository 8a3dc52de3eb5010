import { type Buffer, type ConvolutionSpec, kernels, type MatmulSpec } from "../../../kernels";
import { addView, depthwise, join, readView, sum as sumLines } from "../../../kernels/internal";
import { type Block, blocksOf, dense, inside, joinedRows, outputs, patches, placesOf, planeOf } from "./blocks";

import { flipped, inputPlan, isDepthwise, weightPlan } from "./depthwise";

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
  if (isDepthwise(plan)) return kernels().run(depthwise, x, weight, bias, plan);
  const source = padded(x, plan);
  const isByPlace = isByPlaceFor(plan);
  // Another pass over the result takes longer than a product with one more number, unless it has few channels.
  const isWithin = bias !== undefined && (isByPlace || outsOf(plan) > depthOf(plan));
  const part = (block: Block): Buffer => {
    const grid = joinedRows(plan, block) ?? dense(plan, block);
    const met = kernels().run(readView, source, patches(plan, block, grid));
    const columns = block.images * grid.length;
    const product = productOf(plan, met, weight, isWithin ? bias : undefined, columns, isByPlace);
    const view = placesOf(plan, block, grid, isByPlace);
    return view ? kernels().run(readView, product, view) : product;
  };
  const images = blocksOf(plan).map((blocks) => joined(blocks.map(part), plan.out));
  const y = joined(images, 1);
  return bias === undefined || isWithin ? y : withBias(plan, y, bias);
}

/** Whether places are rows of the product: the right side of a product is not copied if it is a parameter, as a large weight. */
const isByPlaceFor = ({ batch, out, groups, axes: [down, across] }: ConvolutionSpec): boolean =>
  groups === 1 && batch * down.places * across.places < out;

/** [groups, outputs, columns], or [columns, outputs] if `isByPlace`. */
function productOf(
  plan: ConvolutionSpec,
  met: Buffer,
  weight: Buffer,
  bias: Buffer | undefined,
  columns: number,
  isByPlace: boolean,
): Buffer {
  const outs = outsOf(plan);
  if (isByPlace)
    return multiply(plan, met, weight, columns, depthOf(plan), outs, { transposeA: true, transposeB: true }, bias);
  // The bias is one more number of the kernel, which meets ones.
  const depth = depthOf(plan) + (bias === undefined ? 0 : 1);
  const kernel = bias === undefined ? weight : joined([weight, bias], plan.out);
  const all = bias === undefined ? met : joined([met, kernels().fill(plan.groups * columns, 1)], plan.groups);
  return multiply(plan, kernel, all, outs, depth, columns);
}

function withBias({ batch, out, axes: [down, across] }: ConvolutionSpec, y: Buffer, bias: Buffer): Buffer {
  const places = down.places * across.places;
  const plan = { shape: [batch, out, places], stepsA: [out * places, places, 1], stepsB: [0, 1, 0] };
  return kernels().binary("add", y, bias, plan);
}

/** x from the weight and y: the gradient by x. */
export function inputOf(weight: Buffer, y: Buffer, plan: ConvolutionSpec): Buffer {
  const byFlipped = inputPlan(plan);
  if (byFlipped) return kernels().run(depthwise, y, flipped(weight, plan), undefined, byFlipped);
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
  const byPlaces = weightPlan(plan);
  if (byPlaces) {
    const inner = plan.out * depthOf(plan);
    return kernels().run(sumLines, kernels().run(depthwise, x, y, undefined, byPlaces), {
      outer: 1,
      size: plan.batch,
      inner,
    });
  }
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
