import { type Buffer, type ConvolutionSpec, kernels, type MatmulSpec } from "../../../kernels";
import { addView, join, readView } from "../../../kernels/internal";
import { type Block, blocksOf, columnsOf, imagesFirst, inside, outputs, patches, planeOf } from "./blocks";

/**
 * A convolution is linear in x and in the weight. With numbers c for the outputs, Σ c · y is linear in all three, and
 * its derivative by each of them follows from the other two: y itself, and both gradients. Each is a product of
 * matrices with the patches of x that the kernel meets, [channels · kernel, places]. They are made for a part of the
 * places at a time, so that they take little memory.
 *
 * @see Chellapilla, Puri and Simard 2006, High Performance Convolutional Neural Networks for Document Processing
 */
export type Role = "x" | "weight" | "y";

/** One of the three from the others, which come in the order x, weight, y. */
export function convolve(gives: Role, a: Buffer, b: Buffer, plan: ConvolutionSpec): Buffer {
  if (gives === "y") return outputOf(a, b, plan);
  return gives === "x" ? inputOf(a, b, plan) : weightOf(a, b, plan);
}

function outputOf(x: Buffer, weight: Buffer, plan: ConvolutionSpec): Buffer {
  const source = padded(x, plan);
  const part = (block: Block): Buffer => {
    const met = kernels().run(readView, source, patches(plan, block));
    const product = multiply(plan, weight, met, outsOf(plan), depthOf(plan), columnsOf(plan, block));
    return block.images === 1 ? product : kernels().run(readView, product, imagesFirst(plan, block));
  };
  const images = blocksOf(plan).map((blocks) => joined(blocks.map(part), plan.out));
  return joined(images, 1);
}

function inputOf(weight: Buffer, y: Buffer, plan: ConvolutionSpec): Buffer {
  const part = (block: Block): Buffer => {
    const g = outputsOf(y, plan, block);
    const met = multiply(plan, weight, g, depthOf(plan), outsOf(plan), columnsOf(plan, block), { transposeA: true });
    const size = block.images * plan.channels * planeOf(plan);
    return kernels().run(addView, met, patches(plan, { ...block, first: 0 }), size);
  };
  const images = blocksOf(plan).map((blocks) => {
    return added(blocks.map(part), blocks[0]!.images * plan.channels * planeOf(plan));
  });
  const view = inside(plan);
  return view ? kernels().run(readView, joined(images, 1), view) : joined(images, 1);
}

function weightOf(x: Buffer, y: Buffer, plan: ConvolutionSpec): Buffer {
  const source = padded(x, plan);
  const part = (block: Block): Buffer => {
    const met = kernels().run(readView, source, patches(plan, block));
    const g = outputsOf(y, plan, block);
    return multiply(plan, g, met, outsOf(plan), columnsOf(plan, block), depthOf(plan), { transposeB: true });
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
): Buffer {
  const each = Array.from({ length: groups }, (_, i) => i);
  const spec = { m, k, n, transposeA: false, transposeB: false, batchA: each, batchB: each };
  return kernels().matmul(a, b, { ...spec, ...stored });
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
