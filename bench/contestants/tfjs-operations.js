import { noise } from "../random.js";

const works = {
  add: (_, { x, y }) => x.add(y),
  addRow: (_, { x, row }) => x.add(row),
  abs: (_, { x }) => x.abs(),
  maximum: (_, { x, y }) => x.maximum(y),
  where: (tf, { x, y, mask }) => tf.where(mask, x, y),
  relu: (_, { x }) => x.relu(),
  exp: (_, { x }) => x.exp(),
  sin: (_, { x }) => x.sin(),
  softplus: (_, { x }) => x.softplus(),
  sumLast: (_, { x }) => x.sum(1),
  sumFirst: (_, { x }) => x.sum(0),
  maxLast: (_, { x }) => x.max(1),
  norm: (_, { x }) => x.norm(),
  variance: (tf, { x }) => tf.moments(x, 1).variance.mul(x.shape[1] / (x.shape[1] - 1)),
  logSumExp: (_, { x }) => x.logSumExp(1),
  cumulativeSum: (_, { x }) => x.cumsum(1),
  transpose: (_, { x }) => x.transpose(),
};

/** The task of one operation. */
export function operationOf(tf, { operation, shape }) {
  const work = works[operation];
  if (!work) return { cannot: "no such operation" };
  const count = shape[0] * shape[1];
  const operands = {
    x: tf.tensor(noise(count), shape),
    y: tf.tensor(noise(count, 2), shape),
    row: tf.tensor(noise(shape[1], 3), [shape[1]]),
    mask: tf.tensor(
      noise(count, 4).map((each) => Number(each > 0)),
      shape,
      "bool",
    ),
  };
  let values;
  const repeat = async () => {
    const result = tf.tidy(() => work(tf, operands));
    values = await result.data();
    result.dispose();
  };
  return { repeat, check: () => values.slice(0, 8) };
}
