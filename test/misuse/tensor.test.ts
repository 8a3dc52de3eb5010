import * as tensorFloor from "transformer-blocks/tensor";
import { initials, Parameter, random, tensor } from "transformer-blocks/tensor";
import * as activations from "../../src/tensor/operations/activations";
import * as elementwise from "../../src/tensor/operations/functions";
import * as pairs from "../../src/tensor/operations/pairs";
import { type EntryRows, testEntry } from "./entry";
import { type Accepted, optionsIn, type RightCall, type WrongValue } from "./misuse";
import { noArguments, options } from "./values";

const matrix = () => tensor([1, 2, 3, 4, 5, 6], [2, 3]);
const row = () => tensor([1, 2, 3]);
const heads = () => tensor([[[[0.1, 0.2]], [[0.3, 0.4]]]]); // [batch 1, seq 2, heads 1, headDim 2]

/** A number may be any: what is done with it is what was asked for. */
const anyNumber: readonly WrongValue[] = ["NaN", "Infinity", "negative", "fraction", "huge"];
const anyFinite: readonly WrongValue[] = ["undefined", "negative", "fraction", "huge"];
const left: readonly WrongValue[] = ["undefined"];
const unary: RightCall = { args: () => [row()] };
const binary: RightCall = { args: () => [row(), row()], accepts: { 0: anyNumber, 1: anyNumber } };
const attending = (): Parameters<typeof tensorFloor.attention>[3] & object => ({
  mask: [[1, 1]],
  causal: true,
  window: 2,
  scale: 0.5,
  softcap: 5,
  bias: tensor([0]),
  sinks: tensor([0]),
  dropout: { rate: 0.2, random: random(1) },
  keys: 2,
  lengths: undefined,
});
/** Over two texts of one token, end to end. */
const attendingTexts = () => ({ ...attending(), mask: undefined, keys: undefined, lengths: [1, 1] });
const attendingAccepts = (place: number): Accepted => ({
  [place]: ["undefined", "object"],
  [`${place}.mask`]: left,
  [`${place}.causal`]: ["undefined", "true"],
  [`${place}.window`]: ["undefined", "huge"],
  [`${place}.scale`]: ["undefined", "negative", "fraction", "huge"],
  [`${place}.softcap`]: ["undefined", "fraction", "huge"],
  [`${place}.bias`]: left,
  [`${place}.sinks`]: left,
  [`${place}.dropout`]: left,
  [`${place}.dropout.rate`]: ["fraction"],
  [`${place}.keys`]: left,
  [`${place}.lengths`]: left,
});
const differentiated: RightCall = {
  args: () => [[row()], () => tensor(1), { allowUnused: true }],
  accepts: { 0: ["array"], 2: ["undefined", "object"], "2.allowUnused": ["undefined", "true"] },
};
const axis = { axis: 0 };
const axisAccepts = { 1: options, "1.axis": ["undefined", "array"], "1.keepAxis": ["undefined", "true"] } as const;
/** Along one axis, and along a list of them. */
const reduction = (more: object = {}, accepts: Accepted = {}): readonly RightCall[] =>
  [0, [0, 1]].map((along) => ({
    args: () => [matrix(), { axis: along, keepAxis: true, ...more }],
    accepts: { ...axisAccepts, ...accepts },
  }));

const found: RightCall = {
  args: () => [matrix(), { axis: 0, keepAxis: true }],
  accepts: { 1: options, "1.axis": left, "1.keepAxis": ["undefined", "true"] },
};

/** The options of a convolution. */
const along = (sizes: number | readonly number[]) => ({ stride: sizes, padding: sizes, dilation: sizes, groups: 1 });
const alongAccepts: Accepted = {
  "3.stride": ["undefined", "vast"],
  "3.stride[0]": ["vast"],
  "3.padding": left,
  "3.dilation": left,
  "3.groups": left,
};

/** A row for each operation of a file, of one number and options that are numbers. */
const rowsOfUnary = <File extends object>(file: File) =>
  rowsFor(file, (run) => {
    const names = optionsIn(errorOf(() => run(row(), { zzzzzzzz: 1 })));
    if (names.length === 0) return unary;
    const accepted = names.map((name): [string, readonly WrongValue[]] => [`1.${name}`, anyFinite]);
    return {
      args: () => [row(), Object.fromEntries(names.map((name) => [name, 0.5]))],
      accepts: { 1: options, ...Object.fromEntries(accepted) },
    };
  });
const rowsFor = <File extends object>(file: File, rowOf: (run: (...args: unknown[]) => unknown) => RightCall) =>
  Object.fromEntries(Object.entries(file).map(([name, run]) => [name, rowOf(run)])) as Record<keyof File, RightCall>;

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

const functions: EntryRows<typeof tensorFloor>["functions"] = {
  ...rowsOfUnary(elementwise),
  ...rowsOfUnary(activations),
  ...rowsFor(pairs, () => binary),
  tensor: {
    args: () => [[1, 2], [2]],
    accepts: { 1: left, "0[0]": anyNumber },
  },
  zeros: { args: () => [[2, 3]], accepts: { 0: ["array"] } },
  ones: { args: () => [[2, 3]], accepts: { 0: ["array"] } },
  full: { args: () => [[2, 3], 1], accepts: { 0: ["array"], 1: anyNumber } },
  add: binary,
  subtract: binary,
  multiply: binary,
  divide: binary,
  outer: { args: () => [row(), row()] },
  conv1d: {
    args: () => [tensor([1, 2, 3], [1, 1, 3]), tensor([1, 2], [1, 1, 2]), tensor([1]), along(1)],
    accepts: { 2: ["undefined"], 3: options, ...alongAccepts },
  },
  conv2d: {
    args: () => [tensor([1, 2, 3, 4], [1, 1, 2, 2]), tensor([1, 2], [1, 1, 2, 1]), tensor([1]), along([1, 1])],
    accepts: { 2: ["undefined"], 3: options, ...alongAccepts },
  },
  einsum: { args: () => ["ij,j->i", matrix(), row()] },
  relu: unary,
  sigmoid: unary,
  silu: unary,
  tanh: unary,
  erf: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  softplus: {
    args: () => [row(), { beta: 2, threshold: 9 }],
    accepts: {
      1: options,
      "1.beta": ["undefined", "fraction", "huge"],
      "1.threshold": ["undefined", "negative", "fraction", "huge"],
    },
  },
  glu: { args: () => [matrix(), { axis: 0 }], accepts: { "1.axis": [] } },
  gelu: {
    args: () => [row(), { approximate: "tanh" }],
    accepts: { 1: ["undefined", "object"], "1.approximate": left },
  },
  gated: { args: () => [row(), row(), { activation: "silu" }] },
  clamp: [
    {
      args: () => [row(), { minimum: 0, maximum: 2 }],
      accepts: {
        0: anyNumber,
        1: ["object"],
        "1.minimum": ["undefined", "Infinity", "negative", "fraction", "huge"],
        "1.maximum": ["undefined", "Infinity", "negative", "fraction", "huge"],
      },
    },
    {
      title: "clamp by tensors",
      args: () => [row(), { minimum: row(), maximum: row() }],
      accepts: {
        0: anyNumber,
        1: ["object"],
        "1.minimum": ["undefined", "Infinity", "negative", "fraction", "huge"],
        "1.maximum": ["undefined", "Infinity", "negative", "fraction", "huge"],
      },
    },
  ],
  where: { args: () => [row(), row(), 1], accepts: { 0: anyNumber, 1: anyNumber, 2: anyNumber } },
  maskedFill: { args: () => [matrix(), row(), -1], accepts: { 2: anyNumber } },
  gather: { args: () => [matrix(), [[1, 0]], axis], accepts: { 1: ["array"], "1[0]": ["array"] } },
  indexSelect: { args: () => [matrix(), [1, 0], axis], accepts: { 1: ["array"] } },
  scatterAdd: { args: () => [matrix(), [1, 0], matrix(), axis] },
  topK: {
    args: () => [matrix(), { k: 1, axis: 0, largest: false }],
    accepts: { "1.axis": left, "1.largest": ["undefined", "true"] },
  },
  sort: {
    args: () => [matrix(), { axis: 0, descending: false }],
    accepts: { 1: options, "1.axis": left, "1.descending": ["undefined", "true"] },
  },
  argmax: found,
  argmin: found,
  oneHot: {
    args: () => [[[1, 0]], { classes: 3 }],
    accepts: { 0: ["array"], "0[0]": ["array"], 1: options, "1.classes": left },
  },
  dropout: {
    args: () => [row(), { rate: 0.2, random: random(1) }],
    accepts: { "1.rate": ["fraction"] },
  },
  reshape: { args: () => [matrix(), [3, 2]] },
  permute: { args: () => [matrix(), [1, 0]] },
  transpose: { args: () => [matrix(), { axes: [1, 0] }], accepts: { 1: options, "1.axes": left } },
  slice: {
    args: () => [matrix(), { axis: 1, start: 0, end: 2, step: 1 }],
    accepts: { "1.start": left, "1.end": left, "1.step": ["undefined", "huge"] },
  },
  expand: { args: () => [row(), [2, 3]] },
  squeeze: { args: () => [tensor([[1, 2]]), { axis: 0 }], accepts: { 1: options, "1.axis": ["undefined", "array"] } },
  unsqueeze: { args: () => [row(), axis] },
  stack: { args: () => [[row(), row()], axis] },
  split: [
    { args: () => [row(), { axis: 0, size: 2, sizes: undefined }], accepts: { "1.size": ["huge"], "1.sizes": left } },
    {
      title: "split by sizes",
      args: () => [row(), { axis: 0, size: undefined, sizes: [1, 2] }],
      accepts: { "1.size": left },
    },
  ],
  chunk: { args: () => [row(), { axis: 0, chunks: 2 }], accepts: { "1.chunks": ["huge"] } },
  flip: { args: () => [matrix(), axis], accepts: { 1: options, "1.axis": ["undefined", "array"] } },
  pad: [
    {
      args: () => [row(), { widths: [[1, 1]], mode: "constant", value: 2 }],
      accepts: {
        "1.widths": ["array"],
        "1.mode": left,
        "1.value": ["undefined", "Infinity", "negative", "fraction", "huge"],
      },
    },
    {
      title: "pad by what is there",
      args: () => [row(), { widths: [[1, 1]], mode: "reflect", value: 2 }],
      accepts: {
        "1.widths": ["array"],
        "1.mode": left,
        "1.value": ["undefined", "Infinity", "negative", "fraction", "huge"],
      },
    },
  ],
  repeat: [
    {
      args: () => [row(), { times: 2, axis: 0, each: true }],
      accepts: { "1.axis": left, "1.each": ["undefined", "true"] },
    },
    {
      title: "repeat along several axes",
      args: () => [row(), { times: [2, 2], axis: undefined, each: true }],
      accepts: { "1.times": ["array"], "1.axis": left, "1.each": ["undefined", "true"] },
    },
    {
      title: "repeat of a number",
      args: () => [2, (index: number) => index],
      accepts: { 1: ["function"], 2: "any" },
    },
  ],
  windows: { args: () => [row(), { axis: 0, size: 2, step: 1 }], accepts: { "1.step": ["undefined", "huge"] } },
  unfold: {
    args: () => [
      tensor([1, 2, 3, 4, 5, 6], [1, 2, 3]),
      { kernelSize: [1, 2], stride: 1, padding: [0, 1], dilation: 1 },
    ],
    accepts: {
      "1.stride": ["undefined", "huge"],
      "1.padding": left,
      "1.dilation": left,
    },
  },
  concatenate: { args: () => [[matrix(), matrix()], axis] },
  tril: {
    args: () => [matrix(), { diagonal: 0 }],
    accepts: { 1: ["undefined", "object"], "1.diagonal": ["undefined", "negative", "huge"] },
  },
  triu: {
    args: () => [matrix(), { diagonal: 0 }],
    accepts: { 1: ["undefined", "object"], "1.diagonal": ["undefined", "negative", "huge"] },
  },
  sum: reduction(),
  mean: reduction(),
  max: reduction(),
  min: reduction(),
  logSumExp: reduction(),
  product: reduction(),
  variance: reduction({ correction: 0 }, { "1.correction": anyFinite }),
  norm: reduction({ p: 2 }, { "1.p": ["undefined", "Infinity", "negative", "fraction", "huge"] }),
  cumulativeSum: { args: () => [matrix(), axis], accepts: { 1: options, "1.axis": left } },
  matmul: { args: () => [matrix(), row()] },
  linear: { args: () => [matrix(), matrix(), tensor([1, 2])], accepts: { 2: left } },
  softmax: { args: () => [matrix(), axis], accepts: { 1: ["undefined", "object"], "1.axis": left } },
  logSoftmax: { args: () => [matrix(), axis], accepts: { 1: ["undefined", "object"], "1.axis": left } },
  layerNorm: {
    args: () => [matrix(), row(), row(), { epsilon: 1e-5 }],
    accepts: {
      ...{ 1: left, 2: left, 3: ["undefined", "object"] },
      "3.epsilon": ["undefined", "fraction", "huge"],
    },
  },
  rmsNorm: {
    args: () => [matrix(), row(), { epsilon: 1e-6 }],
    accepts: { 1: left, 2: ["undefined", "object"], "2.epsilon": ["undefined", "fraction", "huge"] },
  },
  groupNorm: {
    args: () => [matrix(), row(), row(), { groups: 1, epsilon: 1e-5 }],
    accepts: { 1: left, 2: left, "3.epsilon": ["undefined", "fraction", "huge"] },
  },
  normalize: {
    args: () => [matrix(), { p: 2, axis: 0, epsilon: 1e-12 }],
    accepts: {
      1: options,
      "1.p": ["undefined", "Infinity", "negative", "fraction", "huge"],
      "1.axis": ["undefined", "array"],
      "1.epsilon": ["undefined", "fraction", "huge"],
    },
  },
  cosineSimilarity: {
    args: () => [matrix(), row(), { axis: 0, epsilon: 1e-8 }],
    accepts: { 2: options, "2.axis": left, "2.epsilon": ["undefined", "fraction", "huge"] },
  },
  embedding: {
    args: () => [[[1, 0]], matrix(), { paddingIndex: 0 }],
    accepts: { 0: ["array"], "0[0]": ["array"], 2: options, "2.paddingIndex": left },
  },
  crossEntropy: [
    {
      args: () => [
        matrix(),
        [2, 0],
        { ignoreIndex: -100, weight: row(), reduction: "mean", labelSmoothing: 0.1 } as const,
      ],
      accepts: {
        2: options,
        "2.ignoreIndex": ["undefined", "negative"],
        "2.weight": left,
        "2.reduction": left,
        "2.labelSmoothing": ["undefined", "fraction"],
      },
    },
    {
      title: "crossEntropy of probabilities",
      args: () => [
        matrix(),
        matrix(),
        { ignoreIndex: undefined, weight: row(), reduction: "mean", labelSmoothing: 0.1 } as const,
      ],
      accepts: {
        2: options,
        "2.ignoreIndex": left,
        "2.weight": left,
        "2.reduction": left,
        "2.labelSmoothing": ["undefined", "fraction"],
      },
    },
  ],
  negativeLogLikelihood: {
    args: () => [matrix(), [2, 0], { ignoreIndex: -100, weight: row(), reduction: "mean" }],
    accepts: { 2: options, "2.ignoreIndex": ["undefined", "negative"], "2.weight": left, "2.reduction": left },
  },
  klDivergence: {
    args: () => [matrix(), matrix(), { reduction: "batchMean", logTarget: false }],
    accepts: { 2: options, "2.reduction": left, "2.logTarget": ["undefined", "true"] },
  },
  meanSquaredError: {
    args: () => [matrix(), matrix(), { reduction: "sum" }],
    accepts: { 2: options, "2.reduction": left },
  },
  binaryCrossEntropy: {
    args: () => [matrix(), matrix(), { weight: row(), positiveWeight: row(), reduction: "sum" }],
    accepts: { 2: options, "2.weight": left, "2.positiveWeight": left, "2.reduction": left },
  },
  contrastive: [() => 1, () => tensor(1)].map((temperature) => ({
    title: `contrastive with a temperature that is ${typeof temperature()}`,
    args: () => [matrix(), matrix(), { temperature: temperature(), symmetric: false, similarity: "dot" as const }],
    accepts: {
      2: options,
      "2.temperature": ["undefined", "fraction", "huge"],
      "2.symmetric": ["undefined", "true"],
      "2.similarity": left,
    },
  })),
  rotary: {
    args: () => [heads(), { positions: [0, 1], base: 100, frequencies: undefined, interleaved: false, scale: 2 }],
    accepts: {
      1: ["undefined", "object"],
      "1.positions": left,
      "1.positions[0]": ["negative", "fraction", "huge"],
      "1.base": ["undefined", "fraction", "huge"],
      "1.frequencies": left,
      "1.interleaved": ["undefined", "true"],
      "1.scale": ["undefined", "negative", "fraction", "huge"],
    },
  },
  rotaryFrequencies: { args: () => [4, 100], accepts: { 2: "any", 1: ["fraction", "huge"] } },
  attention: [
    { args: () => [heads(), heads(), heads(), attending()], accepts: attendingAccepts(3) },
    {
      title: "attention of texts",
      args: () => [heads(), heads(), heads(), attendingTexts()],
      accepts: attendingAccepts(3),
    },
  ],
  attentionWeights: [
    { args: () => [heads(), heads(), attending()], accepts: attendingAccepts(2) },
    {
      title: "attentionWeights of texts",
      args: () => [heads(), heads(), attendingTexts()],
      accepts: attendingAccepts(2),
    },
  ],
  attend: { args: () => [tensor([1, 0, 0.5, 0.5], [1, 1, 2, 2]), heads()] },
  valueAndGradients: differentiated,
  grad: differentiated,
  jacobian: [differentiated, { ...differentiated, args: () => [row(), () => row(), { allowUnused: true }] }],
  hessianVectorProduct: [
    {
      args: () => [[row()], () => tensor(1), [row()], { allowUnused: true }],
      accepts: { 3: ["undefined", "object"], "3.allowUnused": ["undefined", "true"] },
    },
    {
      args: () => [row(), () => tensor(1), row(), { allowUnused: true }],
      accepts: { 3: ["undefined", "object"], "3.allowUnused": ["undefined", "true"] },
    },
  ],
  stopGradient: unary,
  checkpoint: { args: () => [(x: unknown) => x, row()], accepts: { 2: "any" } },
  custom: {
    args: () => [{ name: "own", forward: row, gradient: row }],
    accepts: { "0.name": ["undefined", "string"], "0.forward": ["function"], "0.gradient": ["function"] },
  },
  random: { args: () => [1], accepts: { 0: ["vast"], 1: "any" } },
};

const weight = () => {
  const parameter = new Parameter([2, 32], initials.zeros());
  parameter.assign(new Float32Array(64));
  return parameter;
};
const problem = { file: "x.json", at: "field", found: "1", expected: "2" };
const deviation: RightCall = { args: () => [0.5], accepts: { 0: ["fraction", "huge"], 1: "any" } };

testEntry("transformer-blocks/tensor", tensorFloor, {
  functions,
  classes: {
    Tensor: {
      construct: { args: () => [[2], Float32Array.of(1, 2)], accepts: { 2: "any" } },
      on: () => tensor([1]),
      methods: {
        read: noArguments,
        item: noArguments,
        toArray: noArguments,
        toString: noArguments,
        toJSON: noArguments,
        describe: noArguments,
      },
    },
    Parameter: {
      construct: { args: () => [[2], initials.ones()], accepts: { 0: ["array"], 1: ["function"], 2: "any" } },
      on: weight,
      methods: {
        assign: { args: () => [new Float32Array(64)], accepts: { 1: "any" } },
        prepare: { args: () => [new Float32Array(64)], says: "assign", accepts: { 1: "any" } },
        initial: "initialize calls it",
        room: "fromPretrained calls it",
        holdQuantized: "quantize calls it",
      },
    },
    Random: {
      construct: { args: () => [[0, 1]], accepts: { 1: "any" } },
      on: () => random(1),
      methods: {
        stream: { args: () => ["name"], accepts: { 0: ["string"], 1: "any" } },
        state: noArguments,
        draw: "operations draw through it",
        moveTo: "checkpoint moves it",
        bits: noArguments,
        next: noArguments,
        integer: { args: () => [3], accepts: { 1: "any" } },
        uniform: { args: () => [3], accepts: { 1: "any" } },
        normal: { args: () => [3], accepts: { 1: "any" } },
      },
      statics: {
        fromState: {
          args: () => [{ key: [0, 1], drawn: 2 }],
          says: "Random.fromState",
          accepts: { "0.drawn": ["vast"] },
        },
      },
    },
    ShapeError: { construct: "as any Error", on: () => new tensorFloor.ShapeError(""), methods: {} },
    FormatError: { construct: "as any Error", on: () => new tensorFloor.FormatError(problem), methods: {} },
  },
  objects: {
    initials: { zeros: noArguments, ones: noArguments, normal: deviation, uniform: deviation },
  },
});
