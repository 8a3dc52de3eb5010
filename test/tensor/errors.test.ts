import { describe, expect, it } from "vitest";
import {
  add,
  attend,
  attention,
  attentionWeights,
  clamp,
  concatenate,
  conv1d,
  conv2d,
  crossEntropy,
  divide,
  dropout,
  einsum,
  embedding,
  gated,
  layerNorm,
  linear,
  logSoftmax,
  matmul,
  multiply,
  outer,
  permute,
  random,
  relu,
  reshape,
  rmsNorm,
  rotary,
  type Shape,
  ShapeError,
  slice,
  softmax,
  subtract,
  sum,
  type Tensor,
  transpose,
  tril,
  where,
  zeros,
} from "../../src/tensor";

/** A tensor whose shape only the run-time rules know. */
const of = (...shape: number[]): Tensor => zeros(shape as Shape);
type Heads = Parameters<typeof attention>[0];
const heads = (batch: number, seq: number, count: number, dim: number): Heads => zeros([batch, seq, count, dim]);
/** A tensor that is not of four axes, for calls that the compiler would stop. */
const anyRank = (...shape: number[]): Heads => of(...shape) as Heads;

type Failure = readonly [name: string, call: () => unknown, ...parts: string[]];

const shapeErrors: readonly Failure[] = [
  [
    "two open sizes",
    () => reshape(of(2, 3), [-1, -1]),
    "reshape: [-1, -1] leaves more than one size open; only one may be −1",
  ],
  ["matmul: inner dimensions", () => matmul(of(2, 3), of(4, 5)), "matmul", "[2, 3]", "[4, 5]", "3 and 4"],
  ["matmul: batches", () => matmul(of(2, 2, 3), of(3, 3, 4)), "matmul", "[2]", "[3]"],
  ["matmul: a number", () => matmul(of(), of(2)), "matmul", "[]", "[2]", "multiply"],
  ["gated: shapes", () => gated(of(2, 3), of(3) as never, { activation: "silu" }), "gated", "[2, 3]", "[3]"],
  ["linear: width", () => linear(of(2, 3), of(5, 4)), "linear", "[2, 3]", "[5, 4]"],
  ["linear: rank of the weight", () => linear(of(2, 3), of(1, 2, 3)), "linear", "[2, 3]", "[1, 2, 3]"],
  ["linear: a weight of one output", () => linear(of(2, 3), of(4)), "linear", "[2, 3]", "[4]"],
  ["linear: the bias of one output", () => linear(of(2, 3), of(3), of(1)), "linear", "[1]", "[3]"],
  ["outer: ranks", () => outer(of(2), of(2, 3)), "outer", "[2, 3]", "einsum"],
  [
    "einsum: two sizes",
    () => einsum("ij,jk->ik", of(2, 3), of(4, 5)),
    'einsum: "j" is 3 along axis 1 of operand 0, but 4 along axis 0 of operand 1',
  ],
  [
    "einsum: a diagonal of two sizes",
    () => einsum("ii->i", of(3, 1)),
    '"i" is 3 along axis 0 of operand 0, but 1 along axis 1 of operand 0',
  ],
  [
    "einsum: an ellipsis of two sizes",
    () => einsum("...,...", of(3), of(2, 4)),
    "an axis of the ellipsis is 3 along axis 0 of operand 0, but 4 along axis 1 of operand 1",
  ],
  ["einsum: too few axes", () => einsum("...ij->", of(3)), 'operand 0 is [3], but its term "...ij" names 2 axes'],
  ["einsum: too many axes", () => einsum("i->i", of(3, 4)), 'operand 0 is [3, 4], but its term "i" names 1 axis'],
  [
    "conv1d: axes of x",
    () => conv1d(of(3), of(2, 3, 1)),
    "conv1d: x must be [batch, channels, length] or [channels, length], not [3]",
  ],
  [
    "conv1d: axes of the weight",
    () => conv1d(of(3, 4), of(2, 3)),
    "conv1d: the weight must be [out, channels / groups, kernel length], not [2, 3]",
  ],
  [
    "conv2d: channels",
    () => conv2d(of(1, 3, 4, 4), of(2, 4, 1, 1)),
    "conv2d",
    "[1, 3, 4, 4]",
    "[2, 4, 1, 1]",
    "4 channels",
  ],
  [
    "conv2d: groups of channels",
    () => conv2d(of(1, 6, 4, 4), of(4, 3, 1, 1), undefined, { groups: 3 }),
    "conv2d: with 3 groups",
    "9 channels",
  ],
  [
    "conv2d: groups of outputs",
    () => conv2d(of(1, 6, 4, 4), of(4, 2, 1, 1), undefined, { groups: 3 }),
    "conv2d: the weight [4, 2, 1, 1]",
    "3 groups",
  ],
  ["conv1d: bias", () => conv1d(of(1, 2, 3), of(4, 2, 1), of(3)), "conv1d: the bias [3]", "4 outputs"],
  ["conv1d: no kernel", () => conv1d(of(1, 2, 3), of(4, 2, 0)), "conv1d: the kernel has no length"],
  [
    "conv2d: no place",
    () => conv2d(of(1, 1, 9, 3), of(1, 1, 3, 3), undefined, { padding: [0, 1], dilation: 3 }),
    "conv2d: the kernel has no place along the width: 1 + 3 + 1 = 5 elements with padding",
    "3 · (3 − 1) + 1 = 7",
  ],
  [
    "conv2d: nothing to convolve",
    () => conv2d(of(1, 1, 0, 3), of(1, 1, 1, 1)),
    "along the height: 0 + 0 + 0 = 0",
    "1 · (1 − 1) + 1 = 1",
  ],
  ["linear: bias", () => linear(of(2, 3), of(5, 3), of(4)), "linear", "bias [4]", "[5, 3]"],
  ["add", () => add(of(2, 3), of(2)), "add", "[2, 3]", "[2]", "3 against 2"],
  ["subtract", () => subtract(of(2, 3), of(3, 1)), "subtract", "[2, 3]", "[3, 1]", "2 against 3"],
  ["multiply", () => multiply(of(4), of(5)), "multiply", "[4]", "[5]"],
  ["divide", () => divide(of(4), of(5)), "divide", "[4]", "[5]"],
  ["where: sides", () => where(of(2), of(3), of(2)), "where", "[3]", "[2]"],
  ["where: condition", () => where(of(3), of(2), of(2)), "where", "[2]", "[3]"],
  ["reshape", () => reshape(of(2, 3), [4]), "reshape", "[2, 3] has 6", "[4] has 4"],
  ["permute", () => permute(of(2, 3), [0, 0]), "permute", "[0, 0]", "[2, 3]"],
  ["permute: too few axes", () => permute(of(2, 3), [0]), "permute", "[0]", "[2, 3]"],
  [
    "concatenate: another dimension",
    () => concatenate([of(2, 3), of(3, 3)], { axis: 1 }),
    "concatenate",
    "[2, 3]",
    "[3, 3]",
  ],
  ["concatenate: rank", () => concatenate([of(2, 3), of(2)], { axis: 0 }), "concatenate", "[2, 3]", "[2]"],
  ["tril of a vector", () => tril(of(3)), "tril", "[3]"],
  ["layerNorm: weight", () => layerNorm(of(2, 3), of(2)), "layerNorm", "[2, 3]", "[2]"],
  ["layerNorm: weight of more axes", () => layerNorm(of(3), of(2, 3)), "layerNorm", "[3]", "[2, 3]"],
  ["layerNorm: bias beside a weight", () => layerNorm(of(2, 3), of(3), of(1)), "layerNorm", "bias [1]", "[3]"],
  ["layerNorm: bias alone", () => layerNorm(of(2, 3), undefined, of(2)), "layerNorm", "bias [2]", "[2, 3]"],
  ["layerNorm of a number", () => layerNorm(of()), "layerNorm"],
  ["rmsNorm", () => rmsNorm(of(2, 3), of(4)), "rmsNorm", "[2, 3]", "[4]"],
  ["embedding: rank of the table", () => embedding([0], of(2)), "embedding", "[2]"],
  ["embedding: ragged ids", () => embedding([[0, 1], [0]], of(2, 2)), "embedding", "row 1 has 1", "row 0 has 2", "pad"],
  ["crossEntropy: targets", () => crossEntropy(of(2, 3), [0, 1, 2]), "crossEntropy", "targets", "[3]", "[2]"],
  ["crossEntropy: ragged targets", () => crossEntropy(of(2, 2, 3), [[0, 1], [0]]), "crossEntropy: targets", "row 1"],
  [
    "crossEntropy: class weights of two axes",
    () => crossEntropy(of(2, 3), [0, 1], { weight: of(1, 3) }),
    "crossEntropy",
    "[1, 3]",
  ],
  [
    "crossEntropy: a number for all classes",
    () => crossEntropy(of(2, 1), [0, 0], { weight: of() }),
    "crossEntropy",
    "[]",
  ],
  ["transpose: one axis", () => transpose(of(3)), "transpose", "[3] has fewer than two axes"],
  ["transpose: no axis", () => transpose(of()), "transpose", "[] has fewer than two axes"],
  [
    "crossEntropy: class weights",
    () => crossEntropy(of(2, 3), [0, 1], { weight: of(2) }),
    "crossEntropy",
    "[2]",
    "3 classes",
  ],
  ["crossEntropy of a number", () => crossEntropy(of(), []), "crossEntropy", "rank 0"],
  ["rotary: rank", () => rotary(anyRank(2, 3)), "rotary", "[2, 3]", "[batch, seq, heads, headDim]"],
  ["rotary: positions", () => rotary(heads(2, 3, 1, 2), { positions: [0, 1] }), "rotary", "row 0", "3 numbers"],
  ["rotary: positions of a row", () => rotary(heads(2, 1, 1, 2), { positions: [[0], [0, 1]] }), "rotary", "row 1"],
  [
    "rotary: rows of positions",
    () => rotary(heads(2, 1, 1, 2), { positions: [[0], [1], [2]] }),
    "rotary",
    "3 rows",
    "batch of 2",
  ],
  [
    "rotary: frequencies",
    () => rotary(heads(1, 1, 1, 2), { frequencies: Float32Array.of(1, 1) }),
    "rotary",
    "4 dimensions",
    "2",
  ],
  ["attention: rank", () => attention(anyRank(2, 3), heads(1, 1, 1, 1), heads(1, 1, 1, 1)), "attention: q [2, 3]"],
  [
    "attention: headDim",
    () => attention(heads(1, 2, 2, 4), heads(1, 2, 2, 3), heads(1, 2, 2, 3)),
    "q [1, 2, 2, 4]",
    "k [1, 2, 2, 3]",
  ],
  [
    "attention: batch",
    () => attention(heads(1, 2, 2, 4), heads(2, 2, 2, 4), heads(2, 2, 2, 4)),
    "q [1, 2, 2, 4]",
    "k [2, 2, 2, 4]",
  ],
  [
    "attention: groups",
    () => attention(heads(1, 2, 4, 2), heads(1, 2, 3, 2), heads(1, 2, 3, 2)),
    "q [1, 2, 4, 2]",
    "k [1, 2, 3, 2]",
  ],
  [
    "attention: values",
    () => attention(heads(1, 2, 2, 2), heads(1, 3, 2, 2), heads(1, 4, 2, 2)),
    "k [1, 3, 2, 2]",
    "v [1, 4, 2, 2]",
  ],
  [
    "attention: mask",
    () => attention(heads(2, 3, 2, 2), heads(2, 4, 2, 2), heads(2, 4, 2, 2), { mask: of(3, 3) }),
    ...["attention", "mask [3, 3]", "[2, 2, 3, 4]"],
  ],
  [
    "attention: mask of five axes",
    () => attention(heads(1, 1, 1, 1), heads(1, 1, 1, 1), heads(1, 1, 1, 1), { mask: of(1, 1, 1, 1, 1) }),
    ...["attention", "mask [1, 1, 1, 1, 1]"],
  ],
  [
    "attention: bias",
    () => attention(heads(2, 3, 2, 2), heads(2, 4, 2, 2), heads(2, 4, 2, 2), { bias: of(3, 3) }),
    ...["attention", "bias [3, 3]", "[batch, heads, query, key] [2, 2, 3, 4]"],
  ],
  [
    "attentionWeights: bias of five axes",
    () => attentionWeights(heads(1, 1, 1, 1), heads(1, 1, 1, 1), { bias: of(1, 1, 1, 1, 1) }),
    ...["attentionWeights", "bias [1, 1, 1, 1, 1]"],
  ],
  [
    "attentionWeights: padding mask",
    () => attentionWeights(heads(2, 3, 2, 2), heads(2, 4, 2, 2), { mask: [[1, 1, 1, 1]] }),
    ...["attentionWeights", "mask [1, 4]", "[2, 4]"],
  ],
  [
    "attentionWeights: ragged padding mask",
    () => attentionWeights(heads(2, 3, 2, 2), heads(2, 2, 2, 2), { mask: [[1, 1], [1]] }),
    ...["attentionWeights: mask", "row 1"],
  ],
  ["attend", () => attend(of(1, 2, 3, 4), of(1, 3, 2, 2)), "attend", "[1, 2, 3, 4]", "[1, 3, 2, 2]"],
];

const long = 2 ** 17;

const rangeErrors: readonly Failure[] = [
  ["einsum: too large", () => einsum("i,j->ij", of(long), of(long)), "einsum", "[131072, 131072]", "2^32"],
  ["conv1d: too large", () => conv1d(of(1, 1, long), of(1, 1, 1), undefined, { padding: 2 ** 32 }), "conv1d", "2^32"],
  ["outer: too large", () => outer(of(long), of(long)), "[131072, 131072]", "2^32"],
  ["matmul: too large", () => matmul(of(long, 1), of(1, long)), "matmul", "[131072, 131072]", "2^32"],
  ["matmul: too many", () => matmul(of(long, 1, 1, 1), of(long, 1, 1)), "matmul", "[131072, 131072]", "2^32"],
  ["linear: too large", () => linear(of(long, 1), of(long, 1)), "linear", "[131072, 131072]", "2^32"],
  ["add: too large", () => add(of(long, 1), of(long)), "add", "[131072, 131072]", "2^32"],
  ["softmax: axis", () => softmax(of(2, 3), { axis: 2 }), "softmax", "axis 2", "[2, 3]"],
  ["softmax of a number", () => softmax(of()), "softmax", "[]"],
  ["logSoftmax: axis", () => logSoftmax(of(2, 3), { axis: -3 }), "logSoftmax", "axis -3", "[2, 3]"],
  ["sum: axis", () => sum(of(2, 3), { axis: 0.5 }), "sum", "axis must be a whole number, not 0.5"],
  ["concatenate: axis", () => concatenate([of(2)], { axis: 1 }), "concatenate", "axis 1", "[2]"],
  ["concatenate: nothing", () => concatenate([], { axis: 0 }), "concatenate", "the list of tensors is empty"],
  ["slice: bounds", () => slice(of(2, 3), { axis: 1, start: 1, end: 4 }), "slice", "1 to 4", "[2, 3]"],
  ["slice: backwards", () => slice(of(4), { axis: 0, start: 3, end: 1 }), "slice", "3 to 1"],
  ["slice: before the start", () => slice(of(4), { axis: 0, start: -5 }), "slice", "-5"],
  ["slice: NaN", () => slice(of(4), { axis: 0, start: Number.NaN }), "slice", "NaN"],
  ["reshape: size", () => reshape(of(2), [-2]), "reshape", "shape[0]", "-2"],
  ["layerNorm: epsilon", () => layerNorm(of(2), undefined, undefined, { epsilon: -1 }), "layerNorm", "epsilon", "-1"],
  ["rmsNorm: epsilon", () => rmsNorm(of(2), undefined, { epsilon: Number.NaN }), "rmsNorm", "epsilon", "NaN"],
  ["dropout: rate 1", () => dropout(of(2), { rate: 1, random: random(1) }), "dropout", "not 1"],
  ["dropout: NaN", () => dropout(of(2), { rate: Number.NaN, random: random(1) }), "dropout", "NaN"],
  [
    "embedding: id",
    () =>
      embedding(
        [
          [0, 1],
          [0, 7],
        ],
        of(5, 2),
      ),
    "embedding",
    "7 in row 1, column 1",
    "0 to 4",
  ],
  ["embedding: negative id", () => embedding([0, -1], of(5, 2)), "embedding", "-1 in row 0, column 1"],
  ["embedding: fraction", () => embedding([0.5], of(5, 2)), "embedding", "0.5"],
  ["crossEntropy: target", () => crossEntropy(of(1, 2, 3), [[0, 3]]), "crossEntropy", "3 in row 0, column 1", "0 to 2"],
  ["crossEntropy: ignored target of another value", () => crossEntropy(of(1, 3), [-1]), "crossEntropy", "-1 in row 0"],
  [
    "gated: activation",
    () => gated(of(1), of(1), { activation: "exp" as "silu" }),
    "gated",
    '"exp"',
    '"relu" or "gelu"',
  ],
  ["rotary: odd", () => rotary(heads(1, 1, 1, 3)), "rotary", "3 dimensions", "even"],
  [
    "attention: keys",
    () => attention(heads(1, 1, 1, 1), heads(1, 2, 1, 1), heads(1, 2, 1, 1), { keys: 3 }),
    ...["attention", "0 to 2", "not 3"],
  ],
  [
    "attention: mask of other values",
    () => attention(heads(1, 1, 1, 1), heads(1, 1, 1, 1), heads(1, 1, 1, 1), { mask: add(of(1), -1e9) }),
    ...["attention", "mask holds -1000000000", "1 keeps a key, 0 hides it"],
  ],
  [
    "attention: padding mask of other values",
    () => attention(heads(1, 1, 1, 1), heads(1, 2, 1, 1), heads(1, 2, 1, 1), { mask: [[1, 2]] }),
    ...["attention: mask", "2 in row 0, column 1"],
  ],
  ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map(
    (window): Failure => [
      `attention: window ${window}`,
      () => attention(heads(1, 1, 1, 1), heads(1, 2, 1, 1), heads(1, 2, 1, 1), { window }),
      ...["attention: window must be a whole number of 1 or more", `not ${window}`],
    ],
  ),
  ...[0, -1, 1e-46, 1e39, Number.NaN, Number.POSITIVE_INFINITY].map(
    (softcap): Failure => [
      `attentionWeights: softcap ${softcap}`,
      () => attentionWeights(heads(1, 1, 1, 1), heads(1, 2, 1, 1), { softcap }),
      ...["attentionWeights: softcap must be a positive float32 number", `not ${softcap}`],
    ],
  ),
];

describe.each(shapeErrors)("ShapeError of %s", (_, call, ...parts) => {
  it("names the operation and the shapes", () => {
    expect(call).toThrow(ShapeError);
    for (const part of parts) expect(call).toThrow(part);
  });
});

describe.each(rangeErrors)("RangeError of %s", (_, call, ...parts) => {
  it("names the operation and the value", () => {
    expect(call).toThrow(RangeError);
    for (const part of parts) expect(call).toThrow(part);
  });
});

describe("TypeError", () => {
  const one = of(1);
  const calls: readonly Failure[] = [
    // @ts-expect-error an array is no tensor
    ["relu", () => relu([1]), "relu: x must be a Tensor, not an array", "tensor(…)"],
    ["relu", () => relu(null as never), "relu: x must be a Tensor, not null"],
    // @ts-expect-error null is no tensor
    ["add", () => add(one, null), "add: b must be a Tensor or a number, not null"],
    // @ts-expect-error an array is no tensor
    ["matmul", () => matmul([[1]], one), "matmul: a"],
    // @ts-expect-error an array is no tensor
    ["linear: bias", () => linear(of(1, 1), of(1, 1), [0]), "linear: bias"],
    // @ts-expect-error an array is no tensor
    ["layerNorm: weight", () => layerNorm(one, [1]), "layerNorm: weight"],
    // @ts-expect-error an array is no tensor
    ["layerNorm: bias", () => layerNorm(one, undefined, [1]), "layerNorm: bias"],
    // @ts-expect-error an array is no tensor
    ["rmsNorm: weight", () => rmsNorm(one, [1]), "rmsNorm: weight"],
    // @ts-expect-error an array is no tensor
    ["crossEntropy: weight", () => crossEntropy(of(1, 1), [0], { weight: [1] }), "crossEntropy: weight"],
    // @ts-expect-error an array is no tensor
    ["attention: v", () => attention(heads(1, 1, 1, 1), heads(1, 1, 1, 1), [1]), "attention: v"],
    // @ts-expect-error an array is no tensor
    ["attention: bias", () => attentionWeights(heads(1, 1, 1, 1), heads(1, 1, 1, 1), { bias: [0] }), "bias", "array"],
    // @ts-expect-error a word other than causal
    ["attention: mask", () => attentionWeights(anyRank(1, 1, 1, 1), anyRank(1, 1, 1, 1), { mask: "past" }), "past"],
    // @ts-expect-error an array is no tensor
    ["concatenate", () => concatenate([one, [1]], { axis: 0 }), "concatenate: tensors[1]"],
    // @ts-expect-error a string is no list of ids
    ["embedding: ids", () => embedding("0", of(1, 1)), "embedding: ids", 'not "0"'],
    ["embedding: row", () => embedding([[0], 1], of(2, 1)), "embedding: ids[1]"],
    // @ts-expect-error a string is no tensor
    ["clamp", () => clamp("x", {}), "clamp: x"],
  ];

  it.each(calls)("of %s names the argument", (_, call, ...parts) => {
    expect(call).toThrow(TypeError);
    for (const part of parts) expect(call).toThrow(part);
  });
});

describe("reading ids", () => {
  it("refuses a hole in a row", () => {
    const ids = [0, 1, 1];
    delete ids[1];
    expect(() => embedding(ids, of(2, 2))).toThrow("undefined in row 0, column 1");
  });

  it("allocates nothing for rows that are missing", () => {
    const ids = [new Array<number>(100_000).fill(0), ...Array.from({ length: 99_999 }, () => [])];
    expect(() => embedding(ids, of(1, 1))).toThrow("row 1 has 0 ids where row 0 has 100000");
  });
});
