/** Models with each block that declares how it keeps up with a cache, for tests that every such block passes. */
import * as library from "transformer-blocks";
import {
  DecoderBlock,
  DecoderModel,
  type DecoderParts,
  Embedding,
  FeedForward,
  LatentAttention,
  MultiHeadAttention,
  type MultiHeadAttentionConfig,
  OutputHead,
  PositionalEncoding,
  random,
  TopKRouter,
} from "transformer-blocks";

type Library = typeof library;
type Marked = {
  [Name in keyof Library]: Library[Name] extends { readonly isCachingTested: true } ? Name : never;
}[keyof Library];

const [vocabSize, dModel, headDim] = [11, 8, 4];
const heads = { dModel, heads: 2 };
const own = {
  embedding: () => new Embedding({ vocabSize, dModel }),
  block: () => new DecoderBlock(heads),
  head: () => new OutputHead({ kind: "languageModel", dModel, vocabSize }),
};

/** A model of two blocks and other parts than these. */
const model = (parts: Partial<DecoderParts> = {}) =>
  new DecoderModel({
    ...{
      vocabSize,
      contextLength: 32,
      embedding: own.embedding(),
      blocks: [own.block(), own.block()],
      head: own.head(),
    },
    ...parts,
  });
type Layer = DecoderBlock["attention"];
const ofBlocks = (make: () => Layer) => model({ blocks: [make(), make()] });
const inAttention = (make: () => Layer) => ofBlocks(() => new DecoderBlock({ dModel, attention: make() }));
const inFeedForward = (make: () => Layer) => ofBlocks(() => new DecoderBlock({ ...heads, feedForward: make() }));
const attended = (make: () => Partial<MultiHeadAttentionConfig>) =>
  inAttention(() => new MultiHeadAttention({ ...heads, ...make() }));
const rotary = () => new PositionalEncoding({ kind: "rotary", headDim });
const experts = () => Array.from({ length: 4 }, () => new FeedForward({ dModel, dFeedForward: 8 }));
const routed = (router: () => TopKRouter | library.SparseMixerRouter) =>
  inFeedForward(() => new library.MixtureOfExperts({ experts: experts(), router: router() }));
const topK = () => routed(() => new TopKRouter({ dModel, experts: 4, topK: 2 }));
const latent = { ...heads, keyValueRank: 6, queryRank: 5, headDim, rotaryDim: 2 };

/** A model with an object of each class, and one for each of its options that changes what it does with other positions. */
export const models: { readonly [Name in Marked]: Readonly<Record<string, () => DecoderModel>> } = {
  AcrossHeads: {
    "in queries": () =>
      attended(() => ({ queries: { across: new library.AcrossHeads({ layer: new library.RMSNorm({ dModel }) }) } })),
  },
  AlibiPositions: {
    "counting tokens": () => attended(() => ({ scoreBias: new library.AlibiPositions({ heads: 2 }) })),
    "counting what the mask keeps": () =>
      attended(() => ({ scoreBias: new library.AlibiPositions({ heads: 2, positions: "unmasked" }) })),
  },
  CausalConvolution: {
    plain: () => inAttention(() => new library.CausalConvolution({ channels: dModel, kernelSize: 3 })),
    "with a bias": () =>
      inAttention(() => new library.CausalConvolution({ channels: dModel, kernelSize: 3, bias: true })),
  },
  Chain: {
    "of a norm and a convolution": () =>
      model({
        norm: new library.Chain({
          layers: {
            norm: new library.RMSNorm({ dModel }),
            mix: new library.CausalConvolution({ channels: dModel, kernelSize: 3 }),
          },
        }),
      }),
  },
  ChunkedWindow: { "of three": () => attended(() => ({ scoreBias: new library.ChunkedWindow({ size: 3 }) })) },
  Clamp: { "at the end": () => model({ norm: new library.Clamp({ minimum: -0.5, maximum: 0.5 }) }) },
  ClampedFeedForward: { plain: () => inFeedForward(() => new library.ClampedFeedForward({ dModel })) },
  DecoderBlock: {
    plain: () => model(),
    "of two key heads": () => ofBlocks(() => new DecoderBlock({ ...heads, keyValueHeads: 1 })),
    "with norms behind": () => ofBlocks(() => new DecoderBlock({ ...heads, norm: "sandwich" })),
  },
  DecoderModel: {
    plain: () => model(),
    "counting all": () => model({ position: new PositionalEncoding({ kind: "sinusoidal", dModel }), positions: "all" }),
    "counting padding": () =>
      model({ position: new PositionalEncoding({ kind: "sinusoidal", dModel }), positions: "padded" }),
    "counting what the mask keeps": () =>
      model({ position: new PositionalEncoding({ kind: "sinusoidal", dModel }), positions: "unmasked" }),
  },
  Embedding: { "with a scale": () => model({ embedding: new Embedding({ vocabSize, dModel, scale: 2 }) }) },
  FeedForward: { gated: () => inFeedForward(() => new FeedForward({ dModel, gated: true })) },
  GatedDeltaNet: {
    plain: () =>
      inAttention(
        () => new library.GatedDeltaNet({ dModel, keyHeads: 1, valueHeads: 2, keyDim: 4, valueDim: 4, kernelSize: 3 }),
      ),
  },
  HeadTransform: {
    "of a head": () =>
      model({
        head: new OutputHead({
          ...{ kind: "languageModel", dModel, vocabSize },
          transform: new library.HeadTransform({ dModel }),
        }),
      }),
  },
  KeyIndexer: {
    "of two keys": () =>
      inAttention(
        () =>
          new LatentAttention({
            ...latent,
            selection: new library.KeyIndexer({ dModel, queryRank: 5, heads: 2, headDim: 4, topK: 2 }),
          }),
      ),
  },
  LatentAttention: {
    plain: () => inAttention(() => new LatentAttention(latent)),
    "with positions": () =>
      inAttention(
        () => new LatentAttention({ ...latent, position: new PositionalEncoding({ kind: "rotary", headDim: 2 }) }),
      ),
  },
  LayerNorm: { "at the end": () => model({ norm: new library.LayerNorm({ dModel }) }) },
  Linear: { "at the end": () => model({ norm: new library.Linear({ inFeatures: dModel, outFeatures: dModel }) }) },
  MixtureOfExperts: { "two of four": topK },
  MultiHeadAttention: {
    plain: () => attended(() => ({})),
    "with a window": () => attended(() => ({ window: 3, position: rotary() })),
    "with sinks": () => attended(() => ({ sinks: true, keyValueHeads: 1 })),
  },
  OutputHead: {
    "with a bias": () => model({ head: new OutputHead({ kind: "languageModel", dModel, vocabSize, bias: true }) }),
  },
  ParallelBlock: {
    "of one norm": () => ofBlocks(() => new library.ParallelBlock(heads)),
    "of two norms": () => ofBlocks(() => new library.ParallelBlock({ ...heads, norms: 2 })),
  },
  PerHeadNorm: {
    "in queries": () => attended(() => ({ queries: { norm: new library.PerHeadNorm({ heads: 2, headDim }) } })),
  },
  PositionalEncoding: {
    learned: () => model({ position: new PositionalEncoding({ kind: "learned", dModel, contextLength: 32 }) }),
    sinusoidal: () => model({ position: new PositionalEncoding({ kind: "sinusoidal", dModel }) }),
    rotary: () => attended(() => ({ position: rotary() })),
    "rotary, the first half": () =>
      attended(() => ({ position: new PositionalEncoding({ kind: "rotary", headDim, dimensions: 2 }) })),
  },
  QueryTemperature: {
    "of positions": () =>
      attended(() => ({ queries: { temperature: new library.QueryTemperature({ scale: 2, length: 2 }) } })),
    "of tokens": () =>
      attended(() => ({
        queries: { temperature: new library.QueryTemperature({ scale: 2, length: 2, counts: "tokens" }) },
      })),
  },
  RMSNorm: { "at the end": () => model({ norm: new library.RMSNorm({ dModel }) }) },
  RelativePositions: {
    causal: () =>
      attended(() => ({
        scoreBias: new library.RelativePositions({ heads: 2, buckets: 4, maxDistance: 8, causal: true }),
      })),
  },
  RotationTable: {
    "in queries and keys": () =>
      attended(() => ({
        queries: { turned: new library.RotationTable({ headDim, contextLength: 32 }) },
        keys: { turned: new library.RotationTable({ headDim, contextLength: 32 }) },
      })),
  },
  ShortConvolution: {
    plain: () => inAttention(() => new library.ShortConvolution({ dModel, kernelSize: 3 })),
    "with biases": () => inAttention(() => new library.ShortConvolution({ dModel, kernelSize: 3, bias: true })),
  },
  SparseMixerRouter: { plain: () => routed(() => new library.SparseMixerRouter({ dModel, experts: 4 })) },
  TopKRouter: { plain: topK },
  Unchanged: { "as a layer": () => inFeedForward(() => new library.Unchanged()) },
  XIELU: {
    "as a layer": () => inFeedForward(() => new FeedForward({ dModel, activation: new library.XIELU() })),
  },
};

/** Large weights, so that what a token should not see would show. */
function drawn(made: DecoderModel): DecoderModel {
  const source = random(5);
  for (const parameter of made.parameters().values()) {
    const values = source.normal(parameter.size);
    parameter.assign(Float32Array.from(values, (x) => x * 0.5));
  }
  return made;
}

/** One by one, with drawn weights. */
export const everyModel = Object.entries(models).flatMap(([Name, kinds]) =>
  Object.entries(kinds).map(([kind, make]) => ({ Name, kind, make: () => drawn(make()) })),
);
