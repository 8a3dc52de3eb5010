import type { RotaryScaling } from "transformer-blocks/blocks";
import * as blocks from "transformer-blocks/blocks";
import {
  AcrossHeads,
  AlibiPositions,
  CausalConvolution,
  Chain,
  ChunkedWindow,
  ClampedFeedForward,
  ConvolvedBlock,
  DecoderBlock,
  DisentangledAttention,
  DistanceEmbedding,
  Embedding,
  EncoderBlock,
  FeedForward,
  GatedDeltaNet,
  HeadTransform,
  KeyIndexer,
  LatentAttention,
  LayerNorm,
  Linear,
  MixtureOfExperts,
  Module,
  OutputHead,
  ParallelBlock,
  PerHeadNorm,
  Pooler,
  PositionalEncoding,
  QueryTemperature,
  RelativePositions,
  RMSNorm,
  RotationTable,
  ShortConvolution,
  SparseMixerRouter,
  TokenPooling,
  TopKRouter,
  Unchanged,
} from "transformer-blocks/blocks";
import { initials, ones, Parameter } from "transformer-blocks/tensor";
import { testEntry } from "./entry";
import type { Accepted, RightCall } from "./misuse";
import {
  attention,
  boolean,
  cache,
  callback,
  left,
  linear,
  noArguments,
  optional,
  options,
  pass,
  positive,
  ready,
  sequence,
  share,
  withPass,
} from "./values";

class Doubled extends Module {
  readonly inner = linear();
}

const initial = initials.zeros();
const rotary = () => new PositionalEncoding({ kind: "rotary", headDim: 2 });
const attentionOptions = { keyValueHeads: 1, headDim: 2, window: 2, softcap: 5, position: rotary() };
const attentionAccepts: Accepted = {
  keyValueHeads: left,
  headDim: left,
  bias: boolean,
  dropout: share,
  window: ["undefined", "huge"],
  softcap: positive,
  position: left,
  initial: callback,
};
/** Those that blocks do not have. */
const ownAttentionOptions = {
  ...{
    outputBias: false,
    scale: 0.5,
    scoreBias: linear(),
    gate: linear(),
    sinks: true,
    valuesFromKeys: true,
    sharedKeys: undefined,
  },
  ...{ queries: { turned: rotary() }, keys: {}, values: {}, context: {} },
};
const ownAttentionAccepts: Accepted = {
  ...Object.fromEntries(Object.keys(ownAttentionOptions).map((name) => [name, left])),
  outputBias: boolean,
  scale: ["undefined", "negative", "fraction", "huge", "vast"],
  sinks: boolean,
  valuesFromKeys: boolean,
  ...Object.fromEntries(["queries", "keys", "values", "context"].map((name) => [name, ["undefined", "object"]])),
};
const original = { originalContextLength: 8 };
/** Every rule with all of its fields. */
const scalings: readonly RotaryScaling[] = [
  { kind: "linear", factor: 2 },
  { kind: "dynamic", factor: 2, contextLength: 8 },
  { kind: "llama3", factor: 2, lowFrequencyFactor: 1, highFrequencyFactor: 4, ...original },
  { kind: "yarn", factor: 2, ...original, attentionFactor: 2, fastTurns: 32, slowTurns: 1, truncate: true },
  { kind: "longrope", shortFactors: [1, 1], longFactors: [2, 2], ...original, factor: 2, attentionFactor: 1 },
  { kind: "proportional", factor: 2 },
];
const anyPositive = ["fraction", "huge"] as const;
const everyPositive = ["fraction", "huge", "vast"] as const;
const scalingAccepts: Accepted = {
  factor: anyPositive,
  lowFrequencyFactor: anyPositive,
  highFrequencyFactor: anyPositive,
  attentionFactor: positive,
  fastTurns: positive,
  slowTurns: positive,
  truncate: boolean,
  contextLength: ["vast"],
  originalContextLength: ["vast"],
};
const feedForwardOptions = {
  dFeedForward: 8,
  activation: "gelu",
  gated: true,
  hiddenNorm: ready(new RMSNorm({ dModel: 8 })),
};
const feedForwardAccepts: Accepted = {
  dFeedForward: left,
  activation: callback,
  gated: boolean,
  hiddenNorm: left,
  bias: boolean,
  dropout: share,
  initial: callback,
};
const blockOptions = {
  ...{ dModel: 4, heads: 2, ...attentionOptions, ...feedForwardOptions, bias: true, initial },
  ...{ normalization: "rmsNorm", epsilon: 1e-5, attentionNorm: new RMSNorm({ dModel: 4 }), dropout: 0.1 },
  ...{ attentionDropout: 0.1, feedForwardDropout: 0.1, feedForwardBias: false, residualScale: 0.5 },
};
const blockAccepts: Accepted = {
  ...attentionAccepts,
  ...feedForwardAccepts,
  norm: left,
  normalization: left,
  attentionNorm: left,
  epsilon: positive,
  attentionDropout: share,
  feedForwardDropout: share,
  feedForwardBias: boolean,
  residualScale: ["undefined", "negative", "fraction", "huge"],
  attention: left,
  feedForward: left,
  crossAttention: boolean,
  norms: left,
};
/** A block of sizes, and one of the caller's own layers. */
const blockCalls = (more: object): readonly RightCall[] => [
  {
    title: "a block of sizes",
    args: () => [{ ...blockOptions, attention: undefined, feedForward: undefined, ...more }],
    accepts: optional(0, blockAccepts),
  },
  {
    title: "a block of layers",
    args: () => {
      const own = { attention: attention(), feedForward: new FeedForward({ dModel: 4 }) };
      const whole = { ...blockOptions, ...more, ...own };
      const replaced = [...Object.keys(attentionOptions), ...Object.keys(feedForwardOptions)];
      const idle = [...replaced, "attentionDropout", "feedForwardDropout", "feedForwardBias", "bias", "initial"];
      if (!("crossAttention" in more)) idle.push("heads");
      return [{ ...whole, ...Object.fromEntries(idle.map((name) => [name, undefined])) }];
    },
    // Options of the layers that are replaced may be left out, and nothing else.
    accepts: {
      ...optional(0, Object.fromEntries(Object.keys(blockOptions).map((name) => [name, left]))),
      ...optional(0, {
        norm: left,
        normalization: left,
        epsilon: positive,
        dropout: share,
        crossAttention: boolean,
        norms: left,
      }),
      ...optional(0, { residualScale: blockAccepts.residualScale! }),
      ...("crossAttention" in more && optional(0, { bias: boolean, initial: callback, heads: [] })),
      ...{ "0.dModel": [], "0.attention": left, "0.feedForward": left },
    },
  },
];
const normOptions = { dModel: 4, epsilon: 1e-5, weight: true, offset: 1 };
const normAccepts = optional(0, { epsilon: positive, weight: boolean, bias: boolean, offset: left });
/** A normalization with and without a weight. */
const norm = (more: object): readonly RightCall[] => [
  { title: "a norm", args: () => [{ ...normOptions, ...more }], accepts: normAccepts },
  {
    title: "a norm without a weight",
    args: () => [{ ...normOptions, ...more, weight: false, offset: undefined }],
    accepts: normAccepts,
  },
];
/** Layers that look at nothing beside the data may stand where a pass is handed on. */
const ignoresPass = { 1: "any" } as const;
/** Blocks hand the pass on to attention, which looks at its numbers. */
const says = (name: string) => new RegExp(`^(${name}|attention): `);
const distances = () => ready(new DistanceEmbedding({ dModel: 4, span: 4 }));
const heads = () => ones([1, 2, 2, 2]);
const parameter = (shape: readonly number[]) => new Parameter(shape, initial);
const headAccepts = optional(0, {
  ...{
    dropout: share,
    initial: callback,
    bias: boolean,
    tied: left,
    activation: callback,
    epsilon: positive,
    pooler: left,
    transform: left,
    sentence: left,
    scorePooling: left,
    scale: ["undefined", "negative", "fraction", "huge"],
    softcap: positive,
  },
});
const headCommon = () => ({ dModel: 4, dropout: 0.1, transform: new HeadTransform({ dModel: 4 }), initial });

const routerOptions = {
  ...{ scores: "sigmoid", renormalize: true, leastSum: 1e-6, sumEpsilon: 1e-6, scale: 2, bias: true, correction: true },
  ...{ groups: { count: 2, topK: 1, score: "greatest" }, initial },
};
const router = () => ready(new TopKRouter({ dModel: 4, experts: 4, topK: 2 }));
const experts = () => Array.from({ length: 4 }, () => new FeedForward({ dModel: 4 }));
const sharedExpert = () => ({
  shared: new FeedForward({ dModel: 4 }),
  sharedGate: new Linear({ inFeatures: 4, outFeatures: 1 }),
  sharing: "mean",
});

testEntry("transformer-blocks/blocks", blocks, {
  functions: {
    countParameters: { args: () => [linear()], accepts: { 1: "any" } },
    initialize: { args: () => [linear(), { seed: 1 }], accepts: { "1.seed": ["vast"] } },
    makeNorm: {
      args: () => ["layerNorm", { ...normOptions, bias: true }],
      says: /^(makeNorm|LayerNorm): /,
      accepts: optional(1, { epsilon: positive, weight: boolean, bias: boolean, offset: left }),
    },
    positionsOf: withPass(0, () => [], {
      args: () => [pass(), 2],
      accepts: { 0: ["object"], 2: "any" },
    }),
    quantize: { args: () => [linear(), "q8"], accepts: { 2: "any" } },
    // What is in a pass was checked by the forward that hands it on.
    shared: {
      args: () => [Object.create({}), {}, () => 1],
      accepts: {
        ...{ 0: ["array", "hole", "strings", "nested", "object", "instance", "float64"], 2: ["function"], 3: "any" },
        // Any object is a key.
        1: "any",
      },
    },
    tap: {
      args: () => [Object.create({}), linear(), "output", sequence()],
      accepts: { 0: ["array", "hole", "strings", "nested", "object", "instance", "float64"], 2: ["string"], 4: "any" },
    },
  },
  classes: {
    Module: {
      construct: "abstract",
      on: () => new Doubled(),
      methods: {
        parameters: noArguments,
        modules: noArguments,
        find: { args: () => ["inner", Linear], says: "find", accepts: { 1: left, 2: "any" } },
        toString: noArguments,
      },
    },
    ChunkedWindow: {
      construct: { args: () => [{ size: 2 }], accepts: {} },
      on: () => new ChunkedWindow({ size: 2 }),
      methods: {
        forward: {
          args: () => [{ queries: 1, keys: 2, pass: { mask: [[1, 1]] } }],
          accepts: { "0.pass": ["undefined", "object"], "0.pass.mask": left, 1: "any" },
        },
      },
    },
    QueryTemperature: {
      construct: {
        args: () => [{ scale: 0.5, length: 2, first: 1, counts: "positions" }],
        accepts: {
          "0.scale": ["negative", "fraction", "huge"],
          "0.length": ["fraction", "huge"],
          ...optional(0, { first: left, counts: left }),
        },
      },
      on: () => new QueryTemperature({ scale: 1, length: 2 }),
      methods: {
        forward: withPass(1, () => [heads()], {
          uses: ["positions"],
          accepts: { "1.positions[0]": ["fraction", "huge", "vast"] },
        }),
      },
    },
    AlibiPositions: {
      construct: {
        args: () => [{ heads: 2, positions: "unmasked", scale: 0.5, precision: "bfloat16" }],
        accepts: optional(0, {
          ...{ positions: left, precision: left },
          scale: ["undefined", "negative", "fraction", "huge"],
        }),
      },
      on: () => new AlibiPositions({ heads: 2, positions: "unmasked" }),
      methods: {
        forward: {
          args: () => [{ queries: 1, keys: 2, pass: { mask: [[1, 1]] } }],
          accepts: { "0.pass": ["undefined", "object"], "0.pass.mask": left, 1: "any" },
        },
      },
    },
    MultiHeadAttention: {
      construct: [
        {
          title: "attention",
          args: () => [
            { dModel: 4, heads: 2, ...attentionOptions, ...ownAttentionOptions, bias: true, dropout: 0.1, initial },
          ],
          accepts: optional(0, { ...attentionAccepts, ...ownAttentionAccepts }),
          records: ["0.queries", "0.keys", "0.values", "0.context"],
        },
      ],
      on: attention,
      methods: {
        forward: withPass(1, () => [sequence()], { uses: ["mask"], says: says("MultiHeadAttention") }),
        ...{ projections: "models call it for one row", between: "models call it for one row" },
      },
    },
    LatentAttention: {
      construct: {
        args: () => [
          {
            ...{
              dModel: 4,
              heads: 2,
              keyValueRank: 3,
              queryRank: 3,
              headDim: 2,
              rotaryDim: 2,
              valueDim: 2,
              scale: 0.5,
            },
            ...{ position: rotary(), bias: true, epsilon: 1e-5, dropout: 0.1, initial, selection: linear() },
          },
        ],
        accepts: optional(0, {
          ...{ valueDim: left, position: left, bias: boolean, epsilon: positive, dropout: share, selection: left },
          ...{ scale: ["undefined", "negative", "fraction", "huge"], initial: callback },
        }),
      },
      on: () => ready(new LatentAttention({ dModel: 4, heads: 2, keyValueRank: 3, headDim: 2, rotaryDim: 2 })),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"], says: says("LatentAttention") }) },
    },
    CausalConvolution: {
      construct: {
        args: () => [{ channels: 4, kernelSize: 2, bias: true, initial }],
        accepts: optional(0, { bias: boolean, initial: callback }),
      },
      on: () => ready(new CausalConvolution({ channels: 4, kernelSize: 2 })),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"] }) },
    },
    ShortConvolution: {
      construct: {
        args: () => [{ dModel: 4, kernelSize: 2, bias: true, initial }],
        accepts: optional(0, { bias: boolean, initial: callback }),
      },
      on: () => ready(new ShortConvolution({ dModel: 4, kernelSize: 2 })),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"] }) },
    },
    GatedDeltaNet: {
      construct: {
        args: () => [
          {
            ...{ dModel: 4, keyHeads: 1, valueHeads: 2, keyDim: 2, valueDim: 2, kernelSize: 2 },
            ...{ activation: "silu", epsilon: 1e-5, initial },
          },
        ],
        accepts: optional(0, { activation: callback, epsilon: positive, initial: callback }),
      },
      on: () =>
        ready(new GatedDeltaNet({ dModel: 4, keyHeads: 1, valueHeads: 2, keyDim: 2, valueDim: 2, kernelSize: 2 })),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"] }) },
    },
    KeyIndexer: {
      construct: {
        args: () => [{ dModel: 4, queryRank: 3, heads: 2, headDim: 2, topK: 1, position: rotary(), initial }],
        accepts: optional(0, { position: left, initial: callback }),
      },
      on: () => ready(new KeyIndexer({ dModel: 4, queryRank: 3, heads: 2, headDim: 2, topK: 1 })),
      methods: { forward: withPass(2, () => [sequence(), ones([1, 2, 3])], { uses: ["mask"] }) },
    },
    EncoderBlock: {
      construct: blockCalls({ norm: "pre" }),
      on: () => ready(new EncoderBlock({ dModel: 4, heads: 2 })),
      methods: {
        forward: withPass(1, () => [sequence()], { without: ["cache"], uses: ["mask"], says: says("EncoderBlock") }),
      },
    },
    RelativePositions: {
      construct: {
        args: () => [{ heads: 2, buckets: 8, rows: 9, maxDistance: 20, causal: true, initial }],
        accepts: optional(0, { buckets: left, rows: left, maxDistance: left, causal: boolean, initial: callback }),
      },
      on: () => ready(new RelativePositions({ heads: 2 })),
      methods: { forward: { args: () => [{ queries: 1, keys: 3, pass: {} }], accepts: { "0.pass": options } } },
    },
    DecoderBlock: {
      construct: blockCalls({ norm: "pre", crossAttention: true }),
      on: () => ready(new DecoderBlock({ dModel: 4, heads: 2, crossAttention: true })),
      methods: {
        forward: withPass(1, () => [sequence()], {
          uses: ["mask", "memoryMask"],
          says: says("DecoderBlock"),
          accepts: { 1: [], "1.memory": [] },
        }),
      },
    },
    ParallelBlock: {
      construct: blockCalls({ norms: 2 }),
      on: () => ready(new ParallelBlock({ dModel: 4, heads: 2 })),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"], says: says("ParallelBlock") }) },
    },
    FeedForward: {
      construct: {
        args: () => [{ dModel: 4, ...feedForwardOptions, bias: true, dropout: 0.1, initial }],
        accepts: optional(0, feedForwardAccepts),
      },
      on: () => ready(new FeedForward({ dModel: 4 })),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    ClampedFeedForward: {
      construct: {
        args: () => [{ dModel: 4, dFeedForward: 8, limit: 7, alpha: 1.7, bias: true, dropout: 0.1, initial }],
        accepts: optional(0, {
          ...{ dFeedForward: left, limit: positive, alpha: ["undefined", "negative", "fraction", "huge"] },
          ...{ bias: boolean, dropout: share, initial: callback },
        }),
      },
      on: () => ready(new ClampedFeedForward({ dModel: 4 })),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    TopKRouter: {
      construct: {
        args: () => [{ dModel: 4, experts: 4, topK: 2, ...routerOptions }],
        accepts: {
          ...optional(0, {
            scores: left,
            renormalize: ["true"],
            leastSum: positive,
            sumEpsilon: positive,
            scale: ["undefined", "negative", "fraction", "huge"],
          }),
          ...optional(0, { bias: boolean, correction: boolean, groups: left, initial: callback }),
          "0.groups.score": left,
        },
      },
      on: router,
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    SparseMixerRouter: {
      construct: {
        args: () => [{ dModel: 4, experts: 4, jitter: 0.1, initial }],
        accepts: optional(0, { jitter: positive, initial: callback }),
      },
      on: () => ready(new SparseMixerRouter({ dModel: 4, experts: 4 })),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    MixtureOfExperts: {
      construct: {
        args: () => [{ experts: experts(), router: router(), ...sharedExpert(), weigh: "inputs" }],
        accepts: optional(0, { shared: [], sharedGate: left, sharing: left, weigh: left }),
      },
      on: () => ready(new MixtureOfExperts({ experts: experts(), router: router() })),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    XIELU: {
      construct: noArguments,
      on: () => ready(new blocks.XIELU()),
      methods: { forward: { args: () => [sequence()], accepts: ignoresPass } },
    },
    Chain: {
      construct: { args: () => [{ layers: { only: linear() } }], accepts: { "0.layers": ["instance"] } },
      on: () => ready(new Chain({ layers: { only: new LayerNorm({ dModel: 4 }) } })),
      methods: { forward: withPass(1, () => [sequence()], { says: /^(Chain|layerNorm): / }) },
    },
    Clamp: {
      construct: {
        args: () => [{ minimum: -1, maximum: 2 }],
        accepts: { "0.minimum": ["negative", "fraction"], "0.maximum": ["fraction", "huge"] },
      },
      on: () => new blocks.Clamp({ minimum: -1, maximum: 1 }),
      methods: { forward: { args: () => [sequence()], accepts: ignoresPass } },
    },
    Linear: {
      construct: {
        args: () => [{ inFeatures: 2, outFeatures: 3, bias: true, initial: undefined, weight: parameter([3, 2]) }],
        accepts: optional(0, { bias: boolean, initial: left, weight: left }),
      },
      on: linear,
      methods: { forward: { args: () => [ones([2, 2])], says: "linear", accepts: ignoresPass } },
    },
    Embedding: {
      construct: {
        args: () => [{ vocabSize: 4, dModel: 2, scale: 2, initial }],
        accepts: optional(0, { scale: ["undefined", "negative", "fraction", "huge"], initial: callback }),
      },
      on: () => ready(new Embedding({ vocabSize: 4, dModel: 2 })),
      methods: {
        forward: {
          args: () => [[[1, 0]]],
          says: "embedding",
          accepts: { ...ignoresPass, 0: ["array"], "0[0]": ["array"] },
        },
      },
    },
    LayerNorm: {
      construct: norm({ bias: true }),
      on: () => ready(new LayerNorm({ dModel: 4 })),
      methods: { forward: withPass(1, () => [sequence()], { says: /^(LayerNorm|layerNorm): / }) },
    },
    RMSNorm: {
      construct: norm({}),
      on: () => ready(new RMSNorm({ dModel: 4 })),
      methods: { forward: withPass(1, () => [sequence()], { says: /^(RMSNorm|rmsNorm): / }) },
    },
    AcrossHeads: {
      construct: { args: () => [{ layer: linear() }], accepts: {} },
      on: () => ready(new AcrossHeads({ layer: new RMSNorm({ dModel: 4 }) })),
      methods: { forward: withPass(1, () => [heads()]) },
    },
    PerHeadNorm: {
      construct: {
        args: () => [{ heads: 2, headDim: 2, normalization: "rmsNorm", epsilon: 1e-5 }],
        accepts: optional(0, { normalization: left, epsilon: positive }),
      },
      on: () => ready(new PerHeadNorm({ heads: 2, headDim: 2 })),
      methods: { forward: withPass(1, () => [heads()]) },
    },
    PositionalEncoding: {
      construct: [
        {
          title: "sinusoidal positions",
          args: () => [{ kind: "sinusoidal", dModel: 4, layout: "halves", inclusive: true, offset: 2 }],
          accepts: optional(0, { layout: left, inclusive: boolean, offset: left }),
        },
        {
          title: "learned positions",
          args: () => [{ kind: "learned", dModel: 4, contextLength: 8, offset: 2, initial }],
          accepts: optional(0, { offset: left, initial: callback }),
        },
        {
          title: "rotary positions",
          args: () => [
            {
              kind: "rotary",
              headDim: 4,
              base: 100,
              dimensions: 2,
              interleaved: true,
              reversed: true,
              scaling: undefined,
            },
          ],
          accepts: optional(0, {
            base: ["undefined", "huge"],
            dimensions: left,
            interleaved: boolean,
            reversed: boolean,
            scaling: left,
          }),
        },
        ...scalings.map(({ kind, ...fields }) => ({
          title: `rotary positions, ${kind}`,
          args: () => [
            {
              kind: "rotary",
              headDim: 4,
              base: 100,
              dimensions: 4,
              interleaved: true,
              reversed: true,
              scaling: { kind, ...fields },
            },
          ],
          accepts: {
            ...optional(0, { base: ["undefined", "huge"], dimensions: left, interleaved: boolean, reversed: boolean }),
            "0.scaling": left,
            ...{ "0.scaling.shortFactors[0]": everyPositive, "0.scaling.longFactors[0]": everyPositive },
            ...optional("0.scaling", scalingAccepts),
            ...((kind === "proportional" || kind === "longrope") && {
              "0.scaling.factor": ["undefined", "fraction", "huge"] as const,
            }),
          },
        })),
      ],
      on: () => new PositionalEncoding({ kind: "sinusoidal", dModel: 4 }),
      methods: {
        forward: withPass(1, () => [sequence()], {
          uses: ["positions"],
          accepts: { "1.positions[0]": ["negative", "fraction", "huge"] },
        }),
        turning: "models call it for one row",
      },
    },
    OutputHead: {
      construct: [
        {
          title: "a language model's head",
          args: () => [
            {
              ...{ kind: "languageModel", ...headCommon(), initial: undefined, vocabSize: 8, bias: true },
              ...{ scale: 2, softcap: 30, tied: parameter([8, 4]) },
            },
          ],
          accepts: { ...headAccepts, "0.initial": left },
        },
        {
          title: "a masked language model's head",
          args: () => [
            {
              ...{ kind: "maskedLanguageModel", ...headCommon(), transform: undefined, vocabSize: 8, bias: true },
              ...{ activation: "gelu", epsilon: 1e-5, tied: parameter([8, 4]) },
              sentence: new OutputHead({ kind: "nextSentence", dModel: 4 }),
            },
          ],
          accepts: headAccepts,
        },
        {
          title: "a sequence's head",
          args: () => [
            {
              ...{ kind: "sequenceClass", ...headCommon(), labels: 2, bias: false },
              ...{ pooler: new Pooler({ dModel: 4 }), scorePooling: undefined },
            },
          ],
          accepts: headAccepts,
        },
        {
          title: "a next sentence's head",
          args: () => [{ kind: "nextSentence", ...headCommon(), labels: 2, pooler: new Pooler({ dModel: 4 }) }],
          accepts: { ...headAccepts, "0.labels": left },
        },
        {
          title: "a choice's head",
          args: () => [{ kind: "multipleChoice", ...headCommon(), pooler: new TokenPooling({ kind: "first" }) }],
          accepts: headAccepts,
        },
        {
          title: "a token's head",
          args: () => [{ kind: "tokenClass", ...headCommon(), labels: 2, bias: true }],
          accepts: headAccepts,
        },
        {
          title: "a replaced token's head",
          args: () => [{ kind: "replacedToken", ...headCommon() }],
          accepts: headAccepts,
        },
        {
          title: "an answer's head",
          args: () => [{ kind: "questionAnswering", ...headCommon() }],
          accepts: headAccepts,
        },
      ],
      on: () => ready(new OutputHead({ kind: "languageModel", dModel: 4, vocabSize: 8 })),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    Pooler: {
      construct: {
        args: () => [
          { dModel: 4, pooling: new TokenPooling({ kind: "mean" }), activation: "gelu", dropout: 0.1, initial },
        ],
        accepts: optional(0, { pooling: left, activation: callback, dropout: share, initial: callback }),
      },
      on: () => ready(new Pooler({ dModel: 4 })),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    DistanceEmbedding: {
      construct: {
        args: () => [{ dModel: 4, span: 4, maxDistance: 9, epsilon: 1e-5, initial }],
        accepts: optional(0, { span: [], maxDistance: ["undefined", "huge"], epsilon: positive, initial: callback }),
      },
      on: distances,
      methods: { forward: withPass(1, () => [2]) },
    },
    DisentangledAttention: {
      construct: {
        args: () => [
          {
            ...{ dModel: 4, heads: 2, terms: ["contentToPosition", "positionToContent"], distances: distances() },
            ...{ sharedProjections: true, keyBias: false, dropout: 0.1, distanceDropout: 0.1, initial },
          },
        ],
        accepts: optional(0, {
          ...{ terms: ["undefined", "array"], distances: left, sharedProjections: boolean, keyBias: boolean },
          ...{ dropout: share, distanceDropout: share, initial: callback },
        }),
      },
      on: () =>
        ready(new DisentangledAttention({ dModel: 4, heads: 2, terms: ["positionToContent"], distances: distances() })),
      methods: {
        forward: withPass(1, () => [sequence()], {
          ...{ without: ["cache", "memory", "memoryMask"], uses: ["mask"], says: says("DisentangledAttention") },
        }),
      },
    },
    ConvolvedBlock: {
      construct: {
        args: () => [
          {
            ...{ dModel: 4, block: new FeedForward({ dModel: 4 }), kernel: 3, groups: 2, activation: "gelu" },
            ...{ epsilon: 1e-5, dropout: 0.1, initial },
          },
        ],
        accepts: optional(0, {
          ...{ kernel: left, groups: left, activation: callback, epsilon: positive, dropout: share, initial: callback },
        }),
      },
      on: () => ready(new ConvolvedBlock({ dModel: 4, block: new FeedForward({ dModel: 4 }) })),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"] }) },
    },
    RotationTable: {
      construct: { args: () => [{ headDim: 2, contextLength: 8 }] },
      on: () => ready(new RotationTable({ headDim: 2, contextLength: 8 })),
      methods: {
        forward: withPass(1, () => [heads()], {
          uses: ["positions"],
          says: /^(RotationTable|embedding|positionsOf): /,
        }),
      },
    },
    Unchanged: {
      construct: noArguments,
      on: () => new Unchanged(),
      methods: { forward: withPass(1, () => [sequence()]) },
    },
    TokenPooling: {
      construct: [
        {
          title: "of all tokens but some",
          args: () => [{ kind: "mean", skip: "masked", only: undefined }],
          accepts: optional(0, { skip: ["undefined", "vast"], only: left }),
        },
        {
          title: "of tokens with an id",
          args: () => [{ kind: "last", skip: undefined, only: 2 }],
          accepts: optional(0, { skip: left, only: ["undefined", "vast"] }),
        },
      ],
      on: () => new TokenPooling({ kind: "mean", skip: "masked" }),
      methods: { forward: withPass(1, () => [sequence()], { uses: ["mask"] }) },
    },
    HeadTransform: {
      construct: {
        args: () => [
          {
            ...{ dModel: 4, width: 3, initial, activation: "gelu", bias: false },
            ...{ norm: undefined, epsilon: 1e-5 },
          },
        ],
        accepts: optional(0, {
          ...{ width: left, initial: callback, activation: callback, epsilon: positive },
          ...{ bias: boolean, norm: left },
        }),
      },
      on: () => ready(new HeadTransform({ dModel: 4 })),
      methods: { forward: withPass(1, () => [sequence()], { says: /^(HeadTransform|linear): / }) },
    },
    KeyValueCache: {
      construct: { args: () => [{ capacity: 8, bits: 8 }], accepts: { "0.capacity": ["vast"], "0.bits": left } },
      on: cache,
      methods: {
        begin: { args: () => [attention()], accepts: { 1: "any" } },
        admit: { args: () => [attention()], accepts: { 1: "any" } },
        append: [
          {
            title: "keys and values",
            args: () => [attention(), heads(), heads(), { window: 3, shared: true }],
            accepts: { 3: ["undefined", "object"], "3.window": ["undefined", "vast"], "3.shared": boolean },
          },
          {
            title: "tensors by name",
            args: () => [attention(), { latent: sequence() }, { window: 3, shared: true }],
            accepts: { 2: ["undefined", "object"], "2.window": ["undefined", "vast"], "2.shared": boolean },
            records: ["1"],
          },
        ],
        keep: { args: () => [attention(), { state: sequence() }], accepts: { 2: "any" }, records: ["1"] },
        recall: { args: () => [attention(), sequence()], accepts: { 2: "any" } },
        fork: { args: () => [0], accepts: { 0: left, 1: "any" } },
        join: { args: () => [cache()], accepts: { 1: "any" } },
        reorder: { args: () => [[0, 1], ones([2, 2, 4])], accepts: { "0[0]": ["vast"], 1: left, 2: "any" } },
        truncate: { args: () => [0], accepts: { 1: "any" } },
        remember: {
          args: () => [attention(), sequence(), () => ({ k: heads(), v: heads(), keys: 2 })],
          accepts: { 2: ["function"], 3: "any" },
        },
        advance: { args: () => [2], accepts: { 1: "any" } },
        expectRoom: { args: () => [2], accepts: { 1: "any" } },
      },
    },
  },
  objects: {},
});
