import {
  type BlockConfig,
  DecoderBlock,
  Embedding,
  EncoderBlock,
  FeedForward,
  initialize,
  initials,
  KeyValueCache,
  LayerNorm,
  Linear,
  Module,
  MultiHeadAttention,
  OutputHead,
  ones,
  ParallelBlock,
  PositionalEncoding,
  RMSNorm,
  ShapeError,
  type Tensor,
  zeros,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";

/** What JavaScript lets through where TypeScript does not. */
const untyped = <T>(value: unknown): T => value as T;

type ErrorClass = new (...args: never[]) => Error;

function expectError(act: () => unknown, type: ErrorClass, message: RegExp): void {
  expect(act).toThrow(type);
  expect(act).toThrow(message);
}

const attention = initialize(new MultiHeadAttention({ dModel: 8, heads: 2 }), { seed: 1 });
const encoder = initialize(new EncoderBlock({ dModel: 8, heads: 2 }), { seed: 1 });
const decoder = initialize(new DecoderBlock({ dModel: 8, heads: 2, crossAttention: true }), { seed: 1 });
const x = ones([2, 3, 8]);
const memory = ones([2, 4, 8]);
const forwards = [
  { name: "MultiHeadAttention", forward: attention.forward.bind(attention) },
  { name: "EncoderBlock", forward: encoder.forward.bind(encoder) },
  { name: "DecoderBlock", forward: decoder.forward.bind(decoder) },
];

describe.each(forwards)("$name refuses", ({ name, forward }) => {
  const own = name === "DecoderBlock" ? { memory } : {};

  it("an x that is not [batch, seq, dModel]", () => {
    expectError(() => forward(untyped(ones([3, 8])), own), ShapeError, /x \[3, 8\] is not \[batch, seq, dModel\]/);
    expectError(() => forward(untyped(ones([1, 3, 2, 4])), own), ShapeError, /\[1, 3, 2, 4\]/);
    expectError(() => forward(ones([2, 3, 7]), own), ShapeError, /\[2, 3, 7\].*query\.weight \[8, 8\]/);
    expectError(() => forward(untyped([[[1]]]), own), TypeError, /x must be a Tensor, not an array/);
    expectError(() => forward(untyped(undefined), own), TypeError, /x must be a Tensor, not undefined/);
  });

  it("a mask that does not fit", () => {
    const wrong: [mask: unknown, type: ErrorClass, message: RegExp][] = [
      [[[1, 1, 1]], ShapeError, /\[1, 3\].*\[2, 3\]/],
      [
        [
          [1, 1],
          [1, 1],
        ],
        ShapeError,
        /\[2, 2\].*\[2, 3\]/,
      ],
      [
        [
          [1, 1, 1],
          [1, 1],
        ],
        ShapeError,
        /row 1 has 2/,
      ],
      [ones([4, 3]), ShapeError, /\[4, 3\].*\[2, 2, 3, 3\]/],
      [
        [
          [1, 1, 1],
          [1, 2, 1],
        ],
        RangeError,
        /2 in row 1, column 1/,
      ],
      ["casual", TypeError, /"causal".*casual/],
    ];
    for (const [mask, type, message] of wrong)
      expectError(() => forward(x, { ...own, mask: untyped(mask) }), type, message);
  });
});

describe("cross attention refuses", () => {
  it("to go without a memory", () => {
    expectError(() => decoder.forward(x), TypeError, /needs pass\.memory/);
  });

  it("a memory or a mask of it that does not fit", () => {
    expectError(() => decoder.forward(x, { memory: ones([2, 4, 7]) }), ShapeError, /crossAttention\.key\.weight/);
    expectError(() => decoder.forward(x, { memory: ones([1, 4, 8]) }), ShapeError, /memory \[1, 4, 8\].*\[2, 3, 8\]/);
    expectError(() => decoder.forward(x, { memory: untyped(ones([4, 8])) }), ShapeError, /memory \[4, 8\] is not/);
    expectError(() => decoder.forward(x, { memory: untyped([[1]]) }), TypeError, /memory must be a Tensor/);
    expectError(
      () =>
        decoder.forward(x, {
          memory,
          memoryMask: [
            [1, 1],
            [1, 1],
          ],
        }),
      ShapeError,
      /\[2, 2\].*\[2, 4\]/,
    );
  });
});

describe("construction refuses", () => {
  it.each([
    { heads: 3, type: RangeError, message: /3 heads do not divide dModel 8/ },
    { heads: 4, keyValueHeads: 3, type: RangeError, message: /3 keyValueHeads do not divide 4 heads/ },
    { heads: 0, type: RangeError, message: /heads.*not 0/ },
    { heads: -2, type: RangeError, message: /heads.*not -2/ },
    { heads: Number.NaN, type: RangeError, message: /heads.*not NaN/ },
    { heads: "2", type: TypeError, message: /heads.*not "2"/ },
    { heads: undefined, type: TypeError, message: /heads.*not undefined/ },
    { heads: 2, dModel: 0, type: RangeError, message: /dModel.*not 0/ },
    { heads: 2, dModel: "8", type: TypeError, message: /dModel.*not "8"/ },
    { heads: 2, headDim: 0, type: RangeError, message: /headDim.*not 0/ },
    { heads: 2, headDim: 1.5, type: RangeError, message: /headDim.*not 1\.5/ },
    { heads: 2, keyValueHeads: 0, type: RangeError, message: /keyValueHeads.*not 0/ },
    { heads: 2, window: 0, type: RangeError, message: /window.*not 0/ },
    { heads: 2, window: 2.5, type: RangeError, message: /window.*not 2\.5/ },
    { heads: 2, softcap: 0, type: RangeError, message: /softcap.*not 0/ },
    { heads: 2, softcap: "30", type: TypeError, message: /softcap.*not "30"/ },
    { heads: 2, dropout: 1, type: RangeError, message: /dropout.*not 1/ },
    { heads: 2, dropout: Number.NaN, type: RangeError, message: /dropout.*not NaN/ },
  ])("attention of $heads heads: $message", ({ type, message, ...config }) => {
    expectError(() => new MultiHeadAttention({ dModel: 8, ...untyped<{ heads: number }>(config) }), type, message);
  });

  it.each([
    {
      config: { activation: "swish" },
      type: RangeError,
      message: /activation must be "relu" or "gelu" or "geluTanh" or "silu", not "swish"/,
    },
    {
      config: { norm: "middle" },
      type: RangeError,
      message: /norm must be "pre" or "post" or "sandwich" or "output" or "input", not "middle"/,
    },
    { config: { residualScale: Number.NaN }, type: RangeError, message: /residualScale.*NaN/ },
    { config: { heads: undefined }, type: TypeError, message: /heads is missing/ },
    {
      config: { normalization: "batchNorm" },
      type: RangeError,
      message: /must be "layerNorm" or "rmsNorm", not "batchNorm"/,
    },
    { config: { dropout: "0.1" }, type: TypeError, message: /dropout.*"0\.1"/ },
    { config: { epsilon: -1 }, type: RangeError, message: /epsilon.*-1/ },
    { config: { dFeedForward: 0 }, type: RangeError, message: /dFeedForward.*not 0/ },
    { config: { dFeedForward: 1.5 }, type: RangeError, message: /dFeedForward.*not 1\.5/ },
  ])("a block of $config", ({ config, type, message }) => {
    const whole = { dModel: 8, heads: 2, ...untyped<Omit<BlockConfig, "dModel">>(config) };
    expectError(() => new EncoderBlock(whole), type, message);
    expectError(() => new DecoderBlock(whole), type, message);
    const { norm, ...others } = whole;
    if (norm === undefined) expectError(() => new ParallelBlock(others), type, message);
  });

  it("layers of no size, and names that nothing has", () => {
    expectError(() => new Linear({ inFeatures: 0, outFeatures: 1 }), RangeError, /inFeatures.*not 0/);
    expectError(() => new Linear({ inFeatures: 1, outFeatures: -1 }), RangeError, /outFeatures.*not -1/);
    expectError(() => new LayerNorm({ dModel: Number.NaN }), RangeError, /LayerNorm: dModel.*not NaN/);
    expectError(() => new RMSNorm({ dModel: 2, epsilon: Number.NaN }), RangeError, /RMSNorm: epsilon.*NaN/);
    expectError(() => new RMSNorm({ dModel: 2, weight: false, offset: 1 }), TypeError, /offset has no effect without/);
    expectError(() => new LayerNorm({ dModel: 2, offset: untyped(2) }), RangeError, /offset.*not 2/);
    expectError(
      () => new LayerNorm({ dModel: 2, weight: false, bias: false }).forward(ones([3])),
      ShapeError,
      /LayerNorm: x \[3\] does not end in dModel 2/,
    );
    const normalization = untyped<"layerNorm">(() => ({ forward: () => 1 }));
    expectError(
      () => new ParallelBlock({ dModel: 8, heads: 2, normalization }),
      TypeError,
      /ParallelBlock: what normalization returns must be a Module/,
    );
    expectError(() => new Embedding({ vocabSize: untyped("9"), dModel: 3 }), TypeError, /vocabSize.*"9"/);
    expectError(() => new FeedForward({ dModel: 0 }), RangeError, /dModel.*not 0/);
    expectError(
      () => new PositionalEncoding(untyped({ kind: "alibi" })),
      RangeError,
      /kind must be "sinusoidal" or "learned" or "rotary", not "alibi"/,
    );
    expectError(
      () => new PositionalEncoding({ kind: "rotary", headDim: 3 }),
      RangeError,
      /3 dimensions cannot be paired/,
    );
    expectError(() => new OutputHead(untyped({ kind: "lm", dModel: 3 })), RangeError, /"languageModel".*not "lm"/);
    expectError(() => new OutputHead({ kind: "tokenClass", dModel: 3, labels: 0 }), RangeError, /labels.*not 0/);
    const tied = new Embedding({ vocabSize: 5, dModel: 4 }).weight;
    const head = { kind: "languageModel", dModel: 3, vocabSize: 5, tied } as const;
    expectError(() => new OutputHead(head), ShapeError, /\[5, 4\].*\[5, 3\]/);
  });
});

describe("PositionalEncoding refuses", () => {
  const learned = initialize(new PositionalEncoding({ kind: "learned", dModel: 8, contextLength: 4 }), { seed: 1 });
  const sinusoidal = new PositionalEncoding({ kind: "sinusoidal", dModel: 8 });

  it("positions that do not fit, or lie beyond the contextLength", () => {
    expectError(() => learned.forward(x, { positions: [0, 1, 4] }), RangeError, /position 4 .*contextLength 4/);
    expectError(() => learned.forward(x, { positions: [-1, 0, 1] }), RangeError, /-1/);
    for (const position of [learned, sinusoidal]) {
      expectError(() => position.forward(x, { positions: [0, 1] }), ShapeError, /\[2, 3, 8\].*\[batch, 2, 8\]/);
      expectError(
        () =>
          position.forward(x, {
            positions: [
              [0, 1, 2],
              [0, 1],
            ],
          }),
        ShapeError,
        /row 1 of positions/,
      );
      const rows = [
        [0, 1, 2],
        [0, 1, 2],
        [0, 1, 2],
      ];
      expectError(() => position.forward(ones([1, 3, 8]), { positions: rows }), ShapeError, /\[1, 3, 8\].*\[3, 3, 8\]/);
    }
  });
});

describe("tap refuses", () => {
  it("a replacement of another shape, naming the site", () => {
    const tap = { sees: (_: unknown, site: string) => site === "weights", take: (): Tensor => zeros([1]) };
    expectError(() => attention.forward(x, { tap }), ShapeError, /"weights".*\[2, 2, 3, 3\].*\[1\]/);
  });
});

describe("KeyValueCache refuses", () => {
  it("a capacity that is not a whole number of 1 or more", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN])
      expectError(() => new KeyValueCache({ capacity }), RangeError, /capacity/);
    expectError(() => new KeyValueCache({ capacity: untyped<number>("4") }), TypeError, /capacity/);
  });
});

it.each([EncoderBlock, DecoderBlock])("$name refuses a layer of one's own that has no forward", (Block) => {
  class Silent extends Module {}
  for (const part of ["attention", "feedForward"])
    for (const wrong of [new Silent(), {}, () => x])
      expectError(
        () => new Block(untyped({ dModel: 8, heads: 2, [part]: wrong })),
        TypeError,
        new RegExp(`: ${part} must be a Module with forward`),
      );
});

it("a decoder block whose layers are the caller's own takes bias and initial for its cross attention alone", () => {
  const layer = new MultiHeadAttention({ dModel: 8, heads: 2 });
  const config = { dModel: 8, heads: 2, attention: layer, feedForward: new FeedForward({ dModel: 8 }) };
  for (const option of [{ bias: false }, { initial: initials.ones() }]) {
    const name = Object.keys(option)[0];
    for (const cross of [{}, { crossAttention: false }, { crossAttention: undefined }])
      expectError(
        () => new DecoderBlock({ ...config, ...cross, ...option }),
        TypeError,
        new RegExp(`DecoderBlock: ${name} has no effect if attention and feedForward are given`),
      );
    const block = new DecoderBlock({ ...config, crossAttention: true, ...option });
    expect(block.find("crossAttention.query", Linear).bias === undefined).toBe(name === "bias");
  }
});

it.each([
  { kind: "sinusoidal", dModel: 4 },
  { kind: "learned", dModel: 4, contextLength: 8 },
] as const)("positions that are added ($kind) refuse whatever is not one vector for each of them", (config) => {
  const encoding = initialize(new PositionalEncoding(config), { seed: 1 });
  const twoRows = [
    [0, 1],
    [2, 3],
  ];
  const wrong: [shape: number[], positions: number[] | number[][] | undefined][] = [
    [[4], undefined],
    [[3, 4], undefined],
    [[4, 4], undefined],
    [[1, 2, 3, 4], undefined],
    [[1, 2, 2, 4], undefined],
    // What NumPy would broadcast.
    [[1, 2, 1], undefined],
    [[1, 2, 5], undefined],
    [
      [1, 1, 4],
      [0, 1],
    ],
    [
      [1, 3, 4],
      [0, 1],
    ],
    [[1, 2, 4], twoRows],
    [[3, 2, 4], twoRows],
  ];
  for (const [shape, positions] of wrong)
    expectError(() => encoding.forward(ones(shape), { positions }), ShapeError, /^PositionalEncoding: .* is not \[/);
  expect(encoding.forward(ones([2, 2, 4]), { positions: twoRows }).shape).toEqual([2, 2, 4]);
  expect(encoding.forward(ones([3, 2, 4]), { positions: [5, 6] }).shape).toEqual([3, 2, 4]);
});
