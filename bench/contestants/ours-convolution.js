import { conv1d, conv2d, initials, linear, Parameter, tensor } from "../../dist/tensor.js";
import { noise } from "../random.js";
import { summary } from "../statistics.js";
import { withKernels } from "./with-kernels.js";

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);
const random = (shape, seed) => tensor(noise(sizeOf(shape), seed), shape);

function parameter(shape, seed) {
  const made = new Parameter(shape, initials.zeros());
  made.assign(noise(sizeOf(shape), seed));
  return made;
}

/** The matrix product of the same size, then the convolution, which is timed. */
export const convolution = withKernels(({ x: shape, weight: kernel, stride, padding, groups, product }) => {
  const [x, weight, bias] = [random(shape, 1), parameter(kernel, 2), parameter([kernel[0]], 3)];
  const [left, right] = [random([product.n, product.k], 4), parameter([product.m, product.k], 5)];
  const convolve = shape.length === 3 ? conv1d : conv2d;
  const ratios = [];
  let y;
  const timed = async (work) => {
    const start = performance.now();
    y = work();
    await y.read();
    return performance.now() - start;
  };
  const repeat = async () => {
    const ofProduct = groups === 1 ? await timed(() => linear(left, right)) : undefined;
    const milliseconds = await timed(() => convolve(x, weight, bias, { stride, padding, groups }));
    if (ofProduct === undefined) return { milliseconds };
    ratios.push(ofProduct / milliseconds);
    return { milliseconds, ratio: summary(ratios).median };
  };
  return { repeat, check: async () => (await y.read()).slice(-8) };
});
