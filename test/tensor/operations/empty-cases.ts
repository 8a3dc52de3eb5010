import {
  abs,
  add,
  attention,
  checkpoint,
  clamp,
  concatenate,
  conv1d,
  conv2d,
  crossEntropy,
  cumulativeSum,
  custom,
  divide,
  dropout,
  embedding,
  expand,
  flip,
  gated,
  gather,
  gelu,
  glu,
  indexSelect,
  layerNorm,
  linear,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  min,
  minimum,
  multiply,
  norm,
  pad,
  permute,
  random,
  repeat,
  reshape,
  rmsNorm,
  rotary,
  scatterAdd,
  sign,
  silu,
  slice,
  softmax,
  softplus,
  sort,
  subtract,
  sum,
  type Tensor,
  topK,
  tril,
  triu,
  unfold,
  where,
  windows,
  zeros,
} from "../../../src/tensor";
import type { Operations } from "../../../src/tensor/steps";

export interface EmptyCase {
  name: string;
  inputs: readonly Tensor[];
  // biome-ignore lint/suspicious/noExplicitAny: operations of any rank
  operation: (...inputs: readonly any[]) => Tensor;
  /** Of the result, whose numbers are zeros. */
  shape: readonly number[];
}

type Shape = readonly number[];

/** An operation of zeros of these shapes; an operation that sums nothing gives zeros, as PyTorch's does. */
const emptyCase = (inputs: readonly Shape[], shape: Shape, operation: EmptyCase["operation"]): EmptyCase => ({
  name: `${inputs.map((each) => `[${each}]`).join(", ")} → [${shape}]`,
  inputs: inputs.map((each) => zeros(each)),
  operation,
  shape,
});

const SHAPES: readonly Shape[] = [[0], [0, 3], [3, 0], [2, 0, 4], [0, 0]];
const alike = (operation: EmptyCase["operation"]) => SHAPES.map((shape) => emptyCase([shape], shape, operation));
const meeting: readonly [Shape, Shape, Shape][] = [
  [[0], [0], [0]],
  [[0], [], [0]],
  [[3, 1], [0], [3, 0]],
  [
    [0, 3],
    [1, 3],
    [0, 3],
  ],
  [
    [2, 0, 4],
    [1, 4],
    [2, 0, 4],
  ],
];

const attentionShapes: readonly [Shape, Shape][] = [
  // batch, queries, keys, head dimensions, heads
  [
    [0, 2, 2, 3],
    [0, 4, 2, 3],
  ],
  [
    [2, 0, 2, 3],
    [2, 4, 2, 3],
  ],
  [
    [2, 2, 2, 3],
    [2, 0, 2, 3],
  ],
  [
    [2, 1, 2, 3],
    [2, 0, 1, 3],
  ],
  [
    [2, 2, 2, 0],
    [2, 4, 2, 0],
  ],
];

/** Every operation with each of its axes without elements; the type is total over their names. */
export const emptyCases: { [Name in keyof Operations]: readonly EmptyCase[] } = {
  unary: [
    ...alike(silu),
    ...alike((x) => gelu(x)),
    ...SHAPES.map((shape) => emptyCase([shape, shape], shape, (gate, x) => gated(gate, x, { activation: "silu" }))),
  ],
  binary: [add, subtract, multiply, divide].flatMap((operation) =>
    meeting.map(([a, b, shape]) =>
      emptyCase([a, b], shape, (x, y) => operation(x, operation === divide ? add(y, 1) : y)),
    ),
  ),
  map: [...alike((x) => abs(x)), ...alike((x) => softplus(x)), emptyCase([[3, 0]], [3, 0], (x) => glu(x))],
  pair: [maximum, minimum].flatMap((f) => meeting.map(([a, b, shape]) => emptyCase([a, b], shape, (x, y) => f(x, y)))),
  reduce: [
    ...SHAPES.map((shape) => emptyCase([shape], [], (x) => norm(x))),
    emptyCase([[0, 3]], [0], (x) => max(x, { axis: 1 })),
    emptyCase([[0, 3]], [0, 1], (x) => logSumExp(x, { axis: 1, keepAxis: true })),
    emptyCase([[2, 0, 4]], [4], (x) => norm(x, { axis: [0, 1] })),
    emptyCase([[2, 0, 4]], [0], (x) => min(x, { axis: [0, 2] })),
  ],
  cumulativeSum: alike((x) => cumulativeSum(x, { axis: 0 })),
  clamp: alike((x) => clamp(x, { minimum: -1, maximum: 1 })),
  dropout: alike((x) => dropout(x, { rate: 0.5, random: random(1) })),
  where: meeting.map(([a, b, shape]) => emptyCase([a, b], shape, (x, y) => where(zeros(shape), x, y))),
  sum: [
    ...SHAPES.map((shape) => emptyCase([shape], [], (x) => sum(x))),
    emptyCase([[0, 3]], [3], (x) => sum(x, { axis: 0 })),
    emptyCase([[0, 3]], [0], (x) => sum(x, { axis: 1 })),
    emptyCase([[2, 0, 40]], [2, 40], (x) => sum(x, { axis: 1 })),
  ],
  reshape: [emptyCase([[2, 0]], [0, 5], (x) => reshape(x, [0, 5]))],
  readView: [
    emptyCase([[2, 0, 4]], [4, 2, 0], (x) => permute(x, [2, 0, 1])),
    ...alike((x) => flip(x)),
    emptyCase([[0, 1]], [2, 0, 3], (x) => expand(x, [2, 0, 3])),
    emptyCase([[2, 1]], [2, 0], (x) => expand(x, [2, 0])),
    emptyCase([[2, 3]], [2, 0], (x) => repeat(x, { times: 0 })),
    emptyCase([[0, 3]], [0, 2, 2], (x) => windows(x, { axis: 1, size: 2, step: 1 })),
    emptyCase([[2, 0]], [2, 0], (x) => slice(x, { axis: 1, step: -1 })),
    emptyCase([[2, 3]], [2, 0], (x) => slice(x, { axis: 1, start: 1, end: 1 })),
    emptyCase([[0, 3]], [0, 1], (x) => slice(x, { axis: 1, start: 1, end: 2 })),
  ],
  addView: [
    emptyCase([[0, 3]], [2, 3], (x) =>
      pad(x, {
        widths: [
          [1, 1],
          [0, 0],
        ],
      }),
    ),
    emptyCase([[2, 3]], [0, 3], (x) =>
      pad(x, {
        widths: [
          [-1, -1],
          [0, 0],
        ],
      }),
    ),
    emptyCase([[0, 1, 2, 2]], [0, 4, 1], (x) => unfold(x, { kernelSize: 2, padding: 0 })),
    emptyCase([[1, 0, 2, 2]], [1, 0, 9], (x) => unfold(x, { kernelSize: 2, padding: 1 })),
  ],
  take: [
    emptyCase([[2, 3]], [2, 0], (x) => indexSelect(x, [], { axis: 1 })),
    emptyCase([[0, 3]], [0, 2], (x) => indexSelect(x, [2, 0], { axis: 1 })),
    emptyCase([[2, 3]], [2, 0], (x) => gather(x, zeros([2, 0]), { axis: 1 })),
    emptyCase([[2, 3]], [2, 0], (x) => topK(x, { k: 0 }).values),
    emptyCase([[2, 0]], [2, 0], (x) => sort(x).values),
    emptyCase([[0, 2]], [0, 2], (x) => sort(x).values),
  ],
  put: [
    emptyCase(
      [
        [0, 3],
        [0, 2],
      ],
      [0, 3],
      (x, source) => scatterAdd(x, [1, 1], source, { axis: 1 }),
    ),
    emptyCase(
      [
        [0, 3],
        [0, 3],
      ],
      [0, 3],
      (x, source) => scatterAdd(x, [], source, { axis: 0 }),
    ),
    emptyCase(
      [
        [2, 0],
        [2, 0],
      ],
      [2, 0],
      (x, source) => scatterAdd(x, zeros([2, 0]), source, { axis: 0 }),
    ),
  ],
  concatenate: [
    emptyCase(
      [
        [2, 0],
        [2, 0],
      ],
      [2, 0],
      (a, b) => concatenate([a, b], { axis: 1 }),
    ),
    emptyCase(
      [
        [0, 3],
        [0, 2],
      ],
      [0, 5],
      (a, b) => concatenate([a, b], { axis: 1 }),
    ),
  ],
  triangle: [
    ...alike((x) => x),
    emptyCase([[2, 0, 3]], [2, 0, 3], tril),
    emptyCase([[2, 3, 0]], [2, 3, 0], triu),
  ].slice(SHAPES.length),
  matmul: [
    [
      [0, 3],
      [3, 2],
      [0, 2],
    ],
    [
      [2, 0],
      [0, 3],
      [2, 3],
    ],
    [
      [2, 3],
      [3, 0],
      [2, 0],
    ],
    [
      [0, 2, 3],
      [3, 2],
      [0, 2, 2],
    ],
    [[0], [0], []],
    [
      [70, 0],
      [0, 70],
      [70, 70],
    ],
  ].map(([a, b, shape]) => emptyCase([a!, b!], shape!, (x, y) => matmul(x, y))),
  linear: [
    [
      [0, 3],
      [2, 3],
      [0, 2],
    ],
    [
      [2, 0],
      [3, 0],
      [2, 3],
    ],
    [
      [2, 3],
      [0, 3],
      [2, 0],
    ],
    [
      [2, 0, 3],
      [4, 3],
      [2, 0, 4],
    ],
  ].flatMap(([x, weight, shape]) => [
    emptyCase([x!, weight!], shape!, (a, b) => linear(a, b)),
    emptyCase([x!, weight!, [weight![0]!]], shape!, (a, b, c) => linear(a, b, c)),
  ]),
  convolution: [
    emptyCase(
      [
        [0, 2, 5],
        [3, 2, 3],
      ],
      [0, 3, 3],
      (x, weight) => conv1d(x, weight),
    ),
    emptyCase(
      [
        [2, 0, 5],
        [3, 0, 3],
      ],
      [2, 3, 3],
      (x, weight) => conv1d(x, weight),
    ),
    emptyCase(
      [
        [2, 2, 0, 4],
        [3, 2, 1, 1],
      ],
      [2, 3, 2, 6],
      (x, weight) => conv2d(x, weight, undefined, { padding: 1 }),
    ),
    emptyCase(
      [
        [2, 2, 4, 4],
        [0, 2, 3, 3],
      ],
      [2, 0, 2, 2],
      (x, weight) => conv2d(x, weight),
    ),
  ],
  softmax: [...alike((x) => softmax(x)), emptyCase([[0, 3]], [0, 3], (x) => softmax(x, { axis: 0 }))],
  logSoftmax: [...alike((x) => logSoftmax(x)), emptyCase([[0, 3]], [0, 3], (x) => logSoftmax(x, { axis: 0 }))],
  layerNorm: SHAPES.flatMap((shape) => [
    emptyCase([shape], shape, (x) => layerNorm(x)),
    emptyCase([shape, shape.slice(-1), shape.slice(-1)], shape, (x, weight, b) => layerNorm(x, weight, b)),
  ]),
  rmsNorm: SHAPES.flatMap((shape) => [
    emptyCase([shape], shape, (x) => rmsNorm(x)),
    emptyCase([shape, shape.slice(-1)], shape, (x, weight) => rmsNorm(x, weight)),
  ]),
  embedding: [
    emptyCase([[3, 2]], [0, 2], (weight) => embedding([], weight)),
    emptyCase([[0, 2]], [0, 2], (weight) => embedding([], weight)),
    emptyCase([[3, 2]], [1, 0, 2], (weight) => embedding([[]], weight)),
    emptyCase([[3, 2]], [2, 0, 2], (weight) => embedding([[], []], weight)),
    emptyCase([[3, 0]], [2, 0], (weight) => embedding([1, 2], weight)),
  ],
  custom: alike(custom({ forward: (x: Tensor) => abs(x), gradient: (g, { inputs: [x] }) => multiply(g, sign(x!)) })),
  checkpoint: alike((x) => checkpoint(() => abs(x))),
  rotary: [
    [0, 2, 2, 4],
    [2, 0, 2, 4],
    [2, 2, 0, 4],
    [2, 2, 2, 0],
  ].map((shape) => emptyCase([shape], shape, (x) => rotary(x))),
  attention: attentionShapes.flatMap(([q, k]) =>
    [{}, { causal: true }, { window: 1, softcap: 2, scale: 1 }].map((options) =>
      emptyCase([q, k, k], q, (x, y, z) => attention(x, y, z, options)),
    ),
  ),
  crossEntropy: [
    ...(["sum", "none"] as const).flatMap((reduction) => [
      emptyCase([[0, 4]], reduction === "sum" ? [] : [0], (x) => crossEntropy(x, [], { reduction })),
      emptyCase([[0, 0]], reduction === "sum" ? [] : [0], (x) => crossEntropy(x, [], { reduction })),
      emptyCase([[0, 3, 4]], reduction === "sum" ? [] : [0, 3], (x) => crossEntropy(x, [], { reduction })),
      emptyCase([[2, 0, 4]], reduction === "sum" ? [] : [2, 0], (x) => crossEntropy(x, [[], []], { reduction })),
    ]),
  ],
};
