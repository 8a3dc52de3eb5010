import {
  abs,
  add,
  attention,
  checkpoint,
  clamp,
  concatenate,
  conv1d,
  conv2d,
  cos,
  crossEntropy,
  cumulativeSum,
  custom,
  divide,
  dropout,
  elu,
  embedding,
  erf,
  exp,
  expand,
  expm1,
  flip,
  gated,
  gather,
  gelu,
  geluSigmoid,
  glu,
  hardSwish,
  indexSelect,
  layerNorm,
  leakyRelu,
  linear,
  log,
  log1p,
  logSoftmax,
  maskedFill,
  matmul,
  maximum,
  mean,
  minimum,
  mish,
  multiply,
  negate,
  pad,
  permute,
  power,
  random,
  reciprocal,
  relu,
  reluSquared,
  repeat,
  reshape,
  rmsNorm,
  rotary,
  round,
  rsqrt,
  type Shape,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  softplus,
  sort,
  sqrt,
  stack,
  subtract,
  sum,
  type Tensor,
  tanh,
  tensor,
  topK,
  tril,
  triu,
  unfold,
  where,
  windows,
  zeros,
} from "../../../src/tensor";
import type { Operations } from "../../../src/tensor/steps";
import { everyReduction } from "../every-reduction";

export interface GradientCase {
  name: string;
  check: (
    check: <Inputs extends readonly Tensor[]>(operation: (...inputs: Inputs) => Tensor, inputs: Inputs) => void,
  ) => void;
}

let drawn = 0;
/** Numbers of the normal distribution, another stream for every call. */
const normal = <const S extends Shape>(shape: S) =>
  tensor(random(drawn++).normal(shape.reduce((product, size) => product * size, 1)), shape);
/** Numbers between 1 and 2, for functions with a pole at 0. */
const positive = <const S extends Shape>(shape: S) =>
  tensor(
    random(drawn++)
      .uniform(shape.reduce((product, size) => product * size, 1))
      .map((value) => 1 + value),
    shape,
  );
/** Numbers between 0.2 and 0.8 beyond a whole number: away from kinks at whole numbers. */
const betweenWhole = <const S extends Shape>(shape: S) =>
  tensor(
    random(drawn++)
      .uniform(shape.reduce((product, size) => product * size, 1))
      .map((value, i) => (i % 4) - 2 + 0.2 + 0.6 * value),
    shape,
  );

/** Numbers at least 0.25 apart, in no order, for functions that choose one. */
const distinct = <const S extends Shape>(shape: S) =>
  tensor(
    random(drawn++)
      .uniform(shape.reduce((product, size) => product * size, 1))
      .map((u, i, all) => (((7 * i) % all.length) + u / 2 - all.length / 2) / 2),
    shape,
  );
/** Numbers far above and far below those of the normal distribution. */
const farApart = <const S extends Shape>(shape: S) =>
  tensor(
    random(drawn++)
      .uniform(shape.reduce((product, size) => product * size, 1))
      .map((u, i) => (i % 2 === 0 ? 10 : -10) + u),
    shape,
  );

function gradientCase<const Inputs extends readonly Tensor[]>(
  name: string,
  inputs: Inputs,
  operation: (...inputs: Inputs) => Tensor,
): GradientCase {
  return { name, check: (check) => check(operation, inputs) };
}

/** Operations of two operands, in every way in which shapes meet. */
function broadcasting(name: string, operation: (a: Tensor, b: Tensor) => Tensor, second: (shape: Shape) => Tensor) {
  const shapes: readonly [Shape, Shape][] = [
    [
      [3, 2],
      [3, 2],
    ],
    [[2, 3, 2], [2]],
    [[2], [2, 3, 2]],
    [
      [3, 1],
      [1, 5],
    ],
    [[], [2, 2]],
    [[2, 2], []],
    [[1, 1], [1]],
    [
      [0, 3],
      [1, 3],
    ],
    [
      [1, 3],
      [0, 1],
    ],
    [[1], [2, 0]],
  ];
  return shapes.map(([a, b]) => gradientCase(`${name} of [${a}] and [${b}]`, [normal(a), second(b)], operation));
}

const attentionCase = (
  name: string,
  q: readonly [number, number, number, number],
  k: readonly [number, number, number, number],
  options: Parameters<typeof attention>[3] = {},
  valueDim = k[3],
) =>
  gradientCase(name, [normal(q), normal(k), normal([k[0], k[1], k[2], valueDim])], (query, key, value) =>
    attention(query, key, value, options),
  );

/** With the bias as a fourth input. */
const biasCase = (name: string, shape: Shape, options: Parameters<typeof attention>[3] = {}) =>
  gradientCase(
    name,
    [normal([2, 3, 4, 3]), normal([2, 5, 2, 3]), normal([2, 5, 2, 4]), normal(shape)],
    (query, key, value, bias) => attention(query, key, value, { ...options, bias }),
  );

const ownCube = custom({
  name: "ownCube",
  forward: (x: Tensor) => power(x, 3),
  gradient: (g, { inputs: [x] }) => multiply(g, multiply(multiply(x, x), 3)),
});
const ownProduct = custom({
  name: "ownProduct",
  forward: (x: Tensor, y: Tensor) => multiply(x, y),
  gradient: (g, { inputs: [x, y] }) => [multiply(g, y), multiply(g, x)],
});

/** Cases for each operation with a gradient of its own; the type is total over their names. */
export const gradientCases: { [Name in keyof Operations]: readonly GradientCase[] } = {
  unary: [
    gradientCase("relu away from its kink", [betweenWhole([3, 4])], (x) => relu(x)),
    ...Object.entries({ sigmoid, silu, tanh, erf, exp }).map(([name, operation]) =>
      gradientCase(name, [normal([3, 5])], (x) => operation(x)),
    ),
    gradientCase("gelu", [normal([3, 5])], (x) => gelu(x)),
    gradientCase("gelu by tanh", [normal([3, 5])], (x) => gelu(x, { approximate: "tanh" })),
    ...Object.entries({ log, sqrt }).map(([name, operation]) =>
      gradientCase(name, [positive([2, 3])], (x) => operation(x)),
    ),
    ...(["sigmoid", "gelu", "geluTanh", "silu"] as const).map((activation) =>
      gradientCase(`gated by ${activation}`, [normal([3, 5]), normal([3, 5])], (gate, x) =>
        gated(gate, x, { activation }),
      ),
    ),
    gradientCase("silu of nothing", [zeros([2, 0])], (x) => silu(x)),
    gradientCase("tanh of one number", [normal([])], (x) => tanh(x)),
  ],
  binary: [
    ...broadcasting("add", add, normal),
    ...broadcasting("subtract", subtract, normal),
    ...broadcasting("multiply", multiply, normal),
    ...broadcasting("divide", divide, positive),
    gradientCase("both operands the same tensor", [normal([3])], (x) => multiply(x, x)),
    gradientCase("a number as an operand", [normal([3])], (x) => subtract(multiply(x, 3), 2)),
  ],
  map: [
    ...Object.entries({ abs, sign, reluSquared, hardSwish, elu, leakyRelu }).map(([name, f]) =>
      gradientCase(`${name} away from its kinks`, [betweenWhole([3, 4])], (x) => f(x)),
    ),
    ...Object.entries({ sin, cos, expm1, mish, geluSigmoid, softplus, negate }).map(([name, f]) =>
      gradientCase(name, [normal([3, 5])], (x) => f(x)),
    ),
    ...Object.entries({ log1p, rsqrt, reciprocal }).map(([name, f]) =>
      gradientCase(name, [positive([2, 3])], (x) => f(x)),
    ),
    gradientCase("softplus with settings", [normal([3, 5])], (x) => softplus(x, { beta: 2, threshold: 9 })),
    gradientCase("round away from halves", [tensor([0.05, 1.1, -2.05, 3])], (x) => round(x)),
    gradientCase("elu with another limit", [betweenWhole([3, 5])], (x) => elu(x, { alpha: 0.3 })),
    gradientCase("leakyRelu with another slope", [betweenWhole([5])], (x) => leakyRelu(x, { negativeSlope: 0.3 })),
    gradientCase("glu", [normal([2, 4, 3])], (x) => glu(x, { axis: 1 })),
  ],
  pair: [
    ...broadcasting("maximum", maximum, farApart),
    ...broadcasting("minimum", minimum, farApart),
    gradientCase("power", [positive([3, 1]), normal([1, 4])], (a, b) => power(a, b)),
    gradientCase("power of a number", [positive([3])], (a) => power(a, 3)),
    gradientCase("power to a number", [normal([3])], (b) => power(2, b)),
    gradientCase("clamp by tensors", [betweenWhole([3, 4]), zeros([4]), tensor([[1], [2], [3]])], (x, a, b) =>
      clamp(x, { minimum: a, maximum: b }),
    ),
  ],
  reduce: Object.entries(everyReduction).flatMap(([name, f]) => [
    gradientCase(`${name} of all`, [distinct([2, 3])], (x) => f(x)),
    gradientCase(`${name} along the middle`, [distinct([2, 3, 4])], (x) => f(x, { axis: 1 })),
    gradientCase(`${name} along two that do not touch`, [distinct([2, 3, 4])], (x) => f(x, { axis: [0, -1] })),
  ]),
  cumulativeSum: [0, 1, -1].map((axis) =>
    gradientCase(`along axis ${axis}`, [normal([2, 3, 4])], (x) =>
      multiply(cumulativeSum(x, { axis }), normalConstant([2, 3, 4])),
    ),
  ),
  clamp: [
    gradientCase("inside and outside the bounds", [betweenWhole([3, 4])], (x) => clamp(x, { minimum: -1, maximum: 1 })),
    gradientCase("one bound", [betweenWhole([5])], (x) => clamp(x, { minimum: 0 })),
  ],
  where: [
    gradientCase("both sides", [normal([2, 3]), normal([2, 3])], (a, b) =>
      where(
        tensor([
          [1, 0, 1],
          [0, 0, 1],
        ]),
        a,
        b,
      ),
    ),
    gradientCase("broadcast sides", [normal([3]), normal([2, 1])], (a, b) => where(tensor([[1], [0]]), a, b)),
    gradientCase("a condition wider than both sides", [normal([1, 3]), normal([])], (a, b) =>
      where(tensor([[[1, 0, 0]], [[0, 1, 1]]]), a, b),
    ),
    gradientCase("filled where a mask is", [normal([2, 3]), normal([])], (x, value) =>
      maskedFill(x, tensor([1, 0, 1]), value),
    ),
    gradientCase("a number for one side", [normal([2, 3])], (a) => where(tensor([1, 0, 1]), a, -5)),
  ],
  dropout: ([1, 70] as const).map((rows) =>
    gradientCase(`dropout of ${rows} rows`, [normal([rows, 3])], (x) => dropout(x, { rate: 0.3, random: random(5) })),
  ),
  sum: [
    gradientCase("of all", [normal([2, 3])], (x) => sum(x)),
    gradientCase("of nothing", [zeros([0, 3])], (x) => sum(x, { axis: 0 })),
    ...[0, 1, 2, -1].map((axis) =>
      gradientCase(`along axis ${axis}`, [normal([2, 3, 4])], (x) => multiply(sum(x, { axis }), sum(x, { axis }))),
    ),
    gradientCase("keeping the axis", [normal([2, 3])], (x) => multiply(x, sum(x, { axis: 1, keepAxis: true }))),
    gradientCase("along two that do not touch", [normal([2, 3, 4])], (x) => {
      const total = sum(x, { axis: [0, 2] });
      return multiply(total, total);
    }),
    gradientCase("mean", [normal([2, 3])], (x) => mean(multiply(x, x), { axis: 0 })),
  ],
  reshape: [
    gradientCase("to another rank", [normal([2, 6])], (x) => multiply(reshape(x, [3, 4]), normalConstant([3, 4]))),
  ],
  readView: [
    gradientCase("a cycle of three axes", [normal([2, 3, 4])], (x) =>
      multiply(permute(x, [2, 0, 1]), normalConstant([4, 2, 3])),
    ),
    gradientCase("an axis of nothing", [zeros([2, 0, 4])], (x) => permute(x, [1, 2, 0])),
    gradientCase("the middle of an axis", [normal([2, 5, 3])], (x) => slice(x, { axis: 1, start: 1, end: -1 })),
    gradientCase("nothing", [normal([2, 3])], (x) => slice(x, { axis: 1, start: 2, end: 2 })),
    gradientCase("twice from one tensor", [normal([5])], (x) =>
      multiply(slice(x, { axis: 0, end: 4 }), slice(x, { axis: 0, start: 1 })),
    ),
    gradientCase("every other element, backwards", [normal([2, 5])], (x) =>
      multiply(slice(x, { axis: 1, step: -2 }), normalConstant([2, 3])),
    ),
    gradientCase("reversed axes", [normal([2, 3, 2])], (x) => multiply(flip(x, { axis: [0, 1] }), x)),
    gradientCase("repeated axes, new ones too", [normal([2, 1, 3])], (x) =>
      multiply(expand(x, [2, -1, 4, 3]), normalConstant([2, 2, 4, 3])),
    ),
    gradientCase("the whole several times", [normal([2, 3])], (x) =>
      multiply(repeat(x, { times: [2, 3, 2] }), normalConstant([2, 6, 6])),
    ),
    gradientCase("each element several times", [normal([2, 3])], (x) =>
      multiply(repeat(x, { times: 3, each: true }), normalConstant([2, 9])),
    ),
    gradientCase("windows that overlap", [normal([5, 2])], (x) =>
      multiply(windows(x, { axis: 0, size: 3, step: 1 }), normalConstant([3, 2, 3])),
    ),
    gradientCase("windows with elements between them", [normal([7])], (x) =>
      multiply(windows(x, { axis: 0, size: 2, step: 4 }), normalConstant([2, 2])),
    ),
  ],
  addView: [
    gradientCase("zeros around", [normal([2, 3])], (x) =>
      multiply(
        pad(x, {
          widths: [
            [1, 0],
            [2, 1],
          ],
        }),
        normalConstant([3, 6]),
      ),
    ),
    gradientCase("zeros around what is left", [normal([3, 3])], (x) =>
      multiply(
        pad(x, {
          widths: [
            [-1, 2],
            [1, -2],
          ],
        }),
        normalConstant([4, 2]),
      ),
    ),
    gradientCase("patches of images", [normal([2, 2, 4, 3])], (x) => {
      const patches = unfold(x, { kernelSize: [2, 3], stride: [1, 2], padding: [0, 1], dilation: [2, 1] });
      return multiply(patches, normalConstant([2, 12, 4]));
    }),
  ],
  take: [
    gradientCase("elements, some of them twice", [normal([3, 2])], (x) =>
      multiply(
        gather(
          x,
          [
            [2, 0],
            [2, 1],
          ],
          { axis: 0 },
        ),
        normalConstant([2, 2]),
      ),
    ),
    ...[0, 1, -1].map((axis) =>
      gradientCase(`slices along axis ${axis}`, [normal([3, 2, 3])], (x) => {
        const chosen = indexSelect(x, [1, 0, 1], { axis });
        return multiply(chosen, chosen);
      }),
    ),
    gradientCase("the greatest", [distinct([3, 4])], (x) =>
      multiply(topK(x, { k: 2, axis: 0 }).values, normalConstant([2, 4])),
    ),
    gradientCase("in order", [distinct([3, 4])], (x) => multiply(sort(x).values, normalConstant([3, 4]))),
  ],
  put: [
    gradientCase("added to elements", [normal([3, 2]), normal([2, 2])], (x, source) => {
      const y = scatterAdd(x, [[1], [1]], source, { axis: 0 });
      return multiply(y, y);
    }),
    ...[0, 1, -1].map((axis) =>
      gradientCase(`slices along axis ${axis}`, [normal([3, 3, 3]), normal([3, 3, 3])], (x, source) => {
        const y = scatterAdd(x, [2, 0, 2], source, { axis });
        return multiply(y, y);
      }),
    ),
  ],
  concatenate: [
    gradientCase("three along the middle axis", [normal([2, 1, 3]), normal([2, 2, 3]), normal([2, 0, 3])], (a, b, c) =>
      multiply(concatenate([a, b, c] as const, { axis: 1 }), normalConstant([2, 3, 3])),
    ),
    gradientCase("a tensor beside itself", [normal([2, 2])], (x) =>
      multiply(concatenate([x, x], { axis: -1 }), normalConstant([2, 4])),
    ),
    gradientCase("stacked", [normal([2, 2]), normal([2, 2])], (a, b) =>
      multiply(stack([a, b, a], { axis: 1 }), normalConstant([2, 3, 2])),
    ),
    ...(["reflect", "replicate", "circular"] as const).map((mode) =>
      gradientCase(`padded, ${mode}`, [normal([3, 2])], (x) =>
        multiply(
          pad(x, {
            widths: [
              [2, 1],
              [1, 0],
            ],
            mode,
          }),
          normalConstant([6, 3]),
        ),
      ),
    ),
    gradientCase("padded with a number", [normal([3])], (x) =>
      multiply(pad(x, { widths: [[2, 1]], value: 3 }), normalConstant([6])),
    ),
  ],
  triangle: [
    gradientCase("lower", [normal([2, 3, 4])], (x) => tril(x, { diagonal: 1 })),
    gradientCase("upper", [normal([4, 3])], (x) => triu(x, { diagonal: -1 })),
  ],
  matmul: [
    ...(
      [
        [
          [2, 3],
          [3, 4],
        ],
        [[3], [3]],
        [[3], [3, 2]],
        [[2, 3], [3]],
        [[3], [2, 3, 4]],
        [[2, 4, 3], [3]],
        [
          [2, 2, 3],
          [2, 3, 2],
        ],
        [
          [2, 3],
          [2, 3, 2],
        ],
        [
          [2, 1, 2, 3],
          [3, 3, 1],
        ],
        [
          [1, 2, 3],
          [2, 3, 5],
        ],
        [
          [2, 0],
          [0, 3],
        ],
        [
          [0, 2],
          [2, 3],
        ],
        [
          [0, 2, 3],
          [3, 2],
        ],
      ] as readonly [Shape, Shape][]
    ).map(([a, b]) => gradientCase(`[${a}] by [${b}]`, [normal(a), normal(b)], (x, y) => matmul(x, y))),
    gradientCase("a matrix by itself", [normal([3, 3])], (x) => matmul(x, x)),
  ],
  linear: [
    gradientCase("with bias", [normal([2, 3, 4]), normal([5, 4]), normal([5])], (x, weight, b) => linear(x, weight, b)),
    gradientCase("without bias", [normal([3, 4]), normal([1, 4])], (x, weight) => linear(x, weight)),
    gradientCase("of a vector", [normal([4]), normal([3, 4]), normal([3])], (x, weight, b) => linear(x, weight, b)),
    gradientCase("of no rows", [zeros([0, 4]), normal([3, 4]), normal([3])], (x, weight, b) => linear(x, weight, b)),
  ],
  convolution: [
    gradientCase("along one axis", [normal([2, 2, 5]), normal([3, 2, 3])], (x, weight) =>
      conv1d(x, weight, undefined, { padding: 1, stride: 2 }),
    ),
    gradientCase("along two axes, in groups", [normal([2, 4, 4, 5]), normal([2, 2, 2, 3])], (x, weight) =>
      conv2d(x, weight, undefined, { groups: 2, padding: [0, 2], dilation: [2, 1] }),
    ),
    gradientCase("depthwise", [normal([1, 3, 6]), normal([3, 1, 3])], (x, weight) =>
      conv1d(x, weight, undefined, { groups: 3, padding: "same" }),
    ),
    gradientCase("of no images", [zeros([0, 2, 5]), normal([3, 2, 3])], (x, weight) => conv1d(x, weight)),
  ],
  softmax: [
    ...[0, 1, -1].map((axis) => gradientCase(`along axis ${axis}`, [normal([3, 2, 5])], (x) => softmax(x, { axis }))),
    gradientCase("of one class", [normal([3, 1])], (x) => softmax(x)),
    gradientCase("of no rows", [zeros([0, 3])], (x) => softmax(x)),
  ],
  logSoftmax: [
    ...[0, 1, -1].map((axis) =>
      gradientCase(`along axis ${axis}`, [normal([3, 2, 5])], (x) => logSoftmax(x, { axis })),
    ),
  ],
  layerNorm: [
    gradientCase("with weight and bias", [normal([2, 3, 6]), positive([6]), normal([6])], (x, weight, b) =>
      layerNorm(x, weight, b),
    ),
    gradientCase("over two axes", [normal([2, 3, 4]), positive([3, 4]), normal([3, 4])], (x, weight, b) =>
      layerNorm(x, weight, b),
    ),
    gradientCase("without weight", [normal([2, 6])], (x) => layerNorm(x)),
    gradientCase("with weight alone", [normal([2, 6]), positive([6])], (x, weight) => layerNorm(x, weight)),
    gradientCase("with bias alone", [normal([2, 6]), normal([6])], (x, b) => layerNorm(x, undefined, b)),
    gradientCase("of one number a row", [normal([3, 1]), positive([1]), normal([1])], (x, weight, b) =>
      layerNorm(x, weight, b),
    ),
    gradientCase("of no rows", [zeros([0, 4]), positive([4]), normal([4])], (x, weight, b) => layerNorm(x, weight, b)),
    gradientCase("with a large epsilon", [normal([2, 5])], (x) => layerNorm(x, undefined, undefined, { epsilon: 1 })),
  ],
  rmsNorm: [
    gradientCase("with weight", [normal([2, 3, 6]), positive([6])], (x, weight) => rmsNorm(x, weight)),
    gradientCase("without weight", [normal([2, 6])], (x) => rmsNorm(x)),
    gradientCase("of one number a row", [positive([3, 1]), positive([1])], (x, weight) =>
      rmsNorm(x, weight, { epsilon: 0.1 }),
    ),
  ],
  embedding: [
    gradientCase("rows that repeat and rows that stay out", [normal([5, 3])], (weight) =>
      embedding(
        [
          [1, 1, 4],
          [0, 1, 4],
        ],
        weight,
      ),
    ),
    gradientCase("a single list", [normal([3, 2])], (weight) => embedding([2, 0], weight)),
  ],
  custom: [
    gradientCase("of one input", [normal([2, 3])], (x) => ownCube(x)),
    gradientCase("of two inputs", [normal([3]), normal([3])], (x, y) => ownProduct(x, y)),
    gradientCase("of a result of its own kind", [normal([3])], (x) => ownCube(ownProduct(ownCube(x), x))),
  ],
  checkpoint: [
    gradientCase("of an argument", [normal([2, 3])], (x) => checkpoint((y) => multiply(sin(y), y), x)),
    gradientCase("of tensors from outside", [normal([3]), normal([3])], (x, y) =>
      multiply(
        checkpoint(() => multiply(sin(x), exp(y))),
        x,
      ),
    ),
    gradientCase("of a checkpoint", [normal([3])], (x) =>
      checkpoint(
        (y) =>
          multiply(
            checkpoint(() => multiply(sin(y), x)),
            y,
          ),
        cos(x),
      ),
    ),
  ],
  rotary: [
    gradientCase("halves", [normal([2, 3, 2, 4])], (x) => rotary(x)),
    gradientCase("neighbours, at positions of each row", [normal([2, 2, 1, 6])], (x) =>
      rotary(x, {
        interleaved: true,
        positions: [
          [0, 7],
          [3, 4],
        ],
      }),
    ),
    gradientCase("the leading dimensions alone", [normal([1, 3, 2, 6])], (x) =>
      rotary(x, { frequencies: Float32Array.of(1, 0.25) }),
    ),
  ],
  attention: [
    attentionCase("all see all", [2, 3, 2, 4], [2, 5, 2, 4]),
    attentionCase("causal", [1, 4, 2, 3], [1, 4, 2, 3], { mask: "causal" }),
    attentionCase("causal with fewer queries than keys", [1, 2, 2, 3], [1, 5, 2, 3], { causal: true }),
    attentionCase("causal with more queries than keys", [1, 5, 1, 3], [1, 2, 1, 3], { causal: true }),
    attentionCase("grouped heads", [2, 3, 6, 2], [2, 4, 2, 2], { mask: "causal" }),
    attentionCase("one key head", [1, 3, 4, 2], [1, 3, 1, 2]),
    attentionCase("a padding mask", [2, 3, 2, 2], [2, 4, 2, 2], {
      mask: [
        [1, 1, 0, 0],
        [1, 0, 1, 1],
      ],
    }),
    attentionCase("a query that sees no key", [1, 2, 2, 2], [1, 3, 2, 2], {
      mask: tensor([
        [0, 0, 0],
        [1, 0, 1],
      ]),
    }),
    attentionCase("a mask of each head with causal", [1, 3, 2, 2], [1, 3, 1, 2], {
      causal: true,
      mask: tensor([
        [
          [1, 1, 1],
          [0, 1, 1],
          [1, 1, 1],
        ],
        [
          [1, 1, 0],
          [1, 0, 0],
          [0, 0, 1],
        ],
      ]),
    }),
    attentionCase("a cache with room for more", [2, 2, 4, 3], [2, 7, 2, 3], { keys: 4, causal: true }),
    attentionCase("a cache and a padding mask", [2, 1, 2, 3], [2, 6, 2, 3], {
      keys: 3,
      mask: [
        [0, 1, 1],
        [1, 1, 1],
      ],
    }),
    attentionCase("values of another size", [1, 3, 2, 4], [1, 3, 2, 4], {}, 5),
    attentionCase("a scale of its own", [1, 2, 1, 3], [1, 3, 1, 3], { scale: 0.3 }),
    attentionCase("a window", [2, 5, 4, 3], [2, 5, 2, 3], { window: 2 }),
    attentionCase("a causal window", [1, 5, 2, 3], [1, 7, 2, 3], { window: 3, causal: true }),
    attentionCase("a window that some queries lie outside of", [1, 7, 2, 3], [1, 3, 2, 3], { window: 2 }),
    attentionCase("a softcap", [2, 3, 2, 3], [2, 4, 2, 3], { softcap: 0.7 }),
    attentionCase("a softcap, a scale, a window and a padding mask", [2, 3, 2, 3], [2, 4, 2, 3], {
      ...{ softcap: 2, scale: 1.5, window: 3 },
      mask: [
        [1, 1, 0, 1],
        [0, 1, 1, 1],
      ],
    }),
    biasCase("a bias for each score", [2, 4, 3, 5]),
    biasCase("a bias of each head, with a softcap", [4, 3, 5], { softcap: 1.5 }),
    biasCase("a bias of each head and key, with a window", [4, 1, 5], { window: 3, causal: true }),
    biasCase("a bias of each row's keys, with a mask", [2, 1, 1, 5], { mask: tensor([0, 1, 1, 1, 1]), scale: 2 }),
    biasCase("a bias of queries and keys, causal", [3, 5], { causal: true }),
    biasCase("a bias of each row's queries, of no effect", [2, 1, 3, 1]),
    biasCase("a bias of one number, of no effect", []),
    gradientCase("of one tensor in three places", [normal([1, 3, 2, 2])], (x) => attention(x, x, x)),
    attentionCase("one of everything", [1, 1, 1, 1], [1, 1, 1, 1]),
    attentionCase("no keys", [1, 2, 1, 2], [1, 0, 1, 2]),
    attentionCase("no batch", [0, 2, 1, 2], [0, 2, 1, 2]),
  ],
  crossEntropy: [
    gradientCase("a loss for each token", [normal([2, 3, 5])], (x) =>
      crossEntropy(
        x,
        [
          [0, 4, 2],
          [1, 1, 3],
        ],
        { reduction: "none" },
      ),
    ),
    gradientCase("ignored tokens and class weights", [normal([4, 3])], (x) =>
      crossEntropy(x, [0, -100, 2, 1], { weight: tensor([0.5, 1, 2]) }),
    ),
    gradientCase("the sum", [normal([3, 4])], (x) => crossEntropy(x, [3, 0, 0], { reduction: "sum", ignoreIndex: 3 })),
    gradientCase("one class", [normal([2, 1])], (x) => crossEntropy(x, [0, 0], { reduction: "none" })),
  ],
};

/** The same numbers at every call: a factor that tells the places of an output apart. */
function normalConstant<const S extends Shape>(shape: S): Tensor<S> {
  return tensor(random(99).normal(shape.reduce((product, size) => product * size, 1)), shape);
}

/** Every operation's name that the type above promises, at run time. */
export const caseNames = Object.keys(gradientCases);
