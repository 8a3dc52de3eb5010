import * as tb from "../../dist/tensor.js";
import { noise } from "../random.js";
import { withKernels } from "./with-kernels.js";

const works = {
  add: ({ x, y }) => tb.add(x, y),
  addRow: ({ x, row }) => tb.add(x, row),
  abs: ({ x }) => tb.abs(x),
  maximum: ({ x, y }) => tb.maximum(x, y),
  where: ({ x, y, mask }) => tb.where(mask, x, y),
  relu: ({ x }) => tb.relu(x),
  gelu: ({ x }) => tb.gelu(x),
  exp: ({ x }) => tb.exp(x),
  sin: ({ x }) => tb.sin(x),
  softplus: ({ x }) => tb.softplus(x),
  sumLast: ({ x }) => tb.sum(x, { axis: 1 }),
  sumFirst: ({ x }) => tb.sum(x, { axis: 0 }),
  maxLast: ({ x }) => tb.max(x, { axis: 1 }),
  norm: ({ x }) => tb.norm(x),
  variance: ({ x }) => tb.variance(x, { axis: 1 }),
  logSumExp: ({ x }) => tb.logSumExp(x, { axis: 1 }),
  cumulativeSum: ({ x }) => tb.cumulativeSum(x),
  transpose: ({ x }) => tb.transpose(x),
};

export const operation = withKernels(({ operation: name, shape }) => {
  const count = shape[0] * shape[1];
  const operands = {
    x: tb.tensor(noise(count), shape),
    y: tb.tensor(noise(count, 2), shape),
    row: tb.tensor(noise(shape[1], 3), [shape[1]]),
    mask: tb.tensor(
      noise(count, 4).map((each) => Number(each > 0)),
      shape,
    ),
  };
  let result;
  const repeat = async () => {
    result = works[name](operands);
    await result.read();
  };
  return { repeat, check: async () => (await result.read()).slice(0, 8) };
});
