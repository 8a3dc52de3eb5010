import {
  DecoderBlock,
  Embedding,
  EncoderBlock,
  LayerNorm,
  Linear,
  OutputHead,
  Pooler,
  PositionalEncoding,
} from "transformer-blocks/blocks";
import * as models from "transformer-blocks/models";
import { bert, DecoderModel, EncoderModel, encoderDecoder } from "transformer-blocks/models";
import { testEntry } from "./entry";
import type { Accepted, RightCall } from "./misuse";
import {
  boolean,
  callback,
  decoder,
  left,
  optional,
  options,
  positive,
  sequence,
  share,
  sizes,
  withPass,
} from "./values";

const anyNumber = ["undefined", "negative", "fraction", "huge"] as const;
const config = {
  ...{ ...sizes, dFeedForward: 8, keyValueHeads: 1, headDim: 2, activation: "gelu", gated: true, bias: true },
  ...{ norm: "pre", normalization: "rmsNorm", epsilon: 1e-5, feedForwardBias: true, dropout: 0.1 },
  ...{ embeddingDropout: 0.1, attentionDropout: 0.1, feedForwardDropout: 0.1, position: "rotary", rotaryBase: 100 },
  ...{ embeddingScale: 2, initialDeviation: 0.1, endTokens: [1], padToken: 0 },
};
const accepts: Accepted = {
  contextLength: ["vast"],
  ...{ dFeedForward: left, keyValueHeads: left, headDim: left, activation: callback, gated: boolean, bias: boolean },
  ...{ norm: left, normalization: left, epsilon: positive, feedForwardBias: boolean, dropout: share },
  ...{ embeddingDropout: share, attentionDropout: share, feedForwardDropout: share, rotaryBase: ["undefined", "huge"] },
  ...{ embeddingScale: anyNumber, initialDeviation: positive, endTokens: ["undefined", "array"], padToken: left },
  ...{ tied: boolean, headBias: boolean, crossAttention: boolean, finalNorm: boolean },
  ...{ typeVocabSize: left, embeddingNorm: boolean, pooler: boolean, head: left },
  ...{ decoderLayers: left, decoderHeads: left, decoderDFeedForward: left, startToken: left, shift: left },
};
const ofDecoder = { tied: true, headBias: true, crossAttention: true, finalNorm: true };
const ofEncoder = { typeVocabSize: 2, embeddingNorm: true, pooler: true, head: { kind: "maskedLanguageModel" } };
const ofBoth = { decoderLayers: 1, decoderHeads: 2, decoderDFeedForward: 8, startToken: 0, headBias: true };

const factory = (name: string, more: object): RightCall => ({
  args: () => [{ ...config, ...more }, { seed: 1 }],
  accepts: { ...optional(0, accepts), 1: options, "1.seed": ["undefined", "vast"] },
  // What a function given as normalization returns is looked at where it is used.
  says: new RegExp(`^(${name}: |\\w+: what normalization returns)`),
});

const vocabSize = 8;
const dModel = 4;
const embedding = () => new Embedding({ vocabSize, dModel });
const norm = () => new LayerNorm({ dModel });
const parts = () => ({
  ...{ vocabSize, contextLength: 8, endTokens: [1], padToken: 0, rereadAfter: 4 },
  ...{ embedding: embedding(), embeddingDropout: 0.1 },
  ...{ position: new PositionalEncoding({ kind: "learned", dModel, contextLength: 8 }), embeddingNorm: norm() },
  ...{
    norm: norm(),
    positions: "unmasked" as const,
    head: new OutputHead({ kind: "languageModel", dModel, vocabSize }),
  },
});
const partsAccepts: Accepted = {
  contextLength: ["vast"],
  rereadAfter: ["undefined", "vast"],
  ...{ endTokens: ["undefined", "array"], padToken: left, embeddingDropout: share, positions: left },
  ...{ position: left, embeddingNorm: left, blocks: ["array"], norm: left, head: left },
  ...{ types: left, projection: left, pooler: left, startToken: left, shift: left },
};
const made = (given: () => object): RightCall => ({ args: () => [given()], accepts: optional(0, partsAccepts) });
const decoderParts = () => ({ ...parts(), blocks: [new DecoderBlock({ dModel, heads: 2 })] });
const encoderParts = () => ({
  ...{
    ...parts(),
    blocks: [new EncoderBlock({ dModel, heads: 2 })],
    types: embedding(),
    pooler: new Pooler({ dModel }),
  },
  projection: new Linear({ inFeatures: dModel, outFeatures: dModel }),
});
const bothParts = () => ({
  ...{ encoder: new EncoderModel(encoderParts()), startToken: 0 },
  decoder: new DecoderModel({ ...decoderParts(), head: undefined }),
  head: new OutputHead({ kind: "questionAnswering", dModel }),
  projection: new Linear({ inFeatures: dModel, outFeatures: dModel }),
  shift: "lastToken" as const,
});
const ids = () => [[[1, 2]]];
/** A batch without rows, and rows without ids, are batches. */
const idsAccepts: Accepted = { 0: ["array"], "0[0]": ["array"] };
/** Sines have a value anywhere. */
const sinusoidal: Accepted = {
  "1.positions[0]": ["negative", "fraction", "huge"],
  "2.positions[0]": ["negative", "fraction", "huge"],
};
const encoder = () => bert({ ...sizes, pooler: true, head: undefined }, { seed: 1 });
const translator = () => encoderDecoder(sizes, { seed: 1 });
const says =
  /^(EncoderDecoderModel|EncoderModel|DecoderModel|DecoderBlock|MultiHeadAttention|attention|embedding|PositionalEncoding|KeyValueCache): /;
const noMemory = ["memory", "memoryMask"] as const;
const decoderPass = withPass(1, ids, {
  without: ["types", ...noMemory],
  uses: ["mask", "positions"],
  accepts: idsAccepts,
  says: /^(DecoderModel|attention|embedding|PositionalEncoding|KeyValueCache): /,
});
const encoderPass = withPass(1, ids, {
  without: ["cache", ...noMemory],
  uses: ["mask", "positions", "types"],
  accepts: idsAccepts,
  says: /^(EncoderModel|attention|embedding|PositionalEncoding): /,
});

testEntry("transformer-blocks/models", models, {
  functions: {
    gpt: factory("gpt", ofDecoder),
    bert: factory("bert", ofEncoder),
    encoderDecoder: factory("encoderDecoder", ofBoth),
  },
  classes: {
    DecoderModel: {
      construct: made(decoderParts),
      on: decoder,
      methods: { hidden: decoderPass, forward: decoderPass },
    },
    EncoderModel: {
      construct: made(encoderParts),
      on: encoder,
      methods: { hidden: encoderPass, forward: encoderPass, pooled: encoderPass },
    },
    EncoderDecoderModel: {
      construct: made(bothParts),
      on: translator,
      methods: {
        encode: withPass(1, ids, {
          without: ["cache", "types", ...noMemory],
          uses: ["mask", "positions"],
          says,
          accepts: { ...idsAccepts, ...sinusoidal },
        }),
        decode: withPass(2, () => [[[1, 2]], sequence()], {
          without: ["types", "memory"],
          uses: ["mask", "positions", "memoryMask"],
          says,
          accepts: { ...idsAccepts, ...sinusoidal },
        }),
        forward: withPass(2, () => [[[1, 2]], [[1, 2]]], {
          without: ["memory", "types", "cache"],
          uses: ["mask", "positions", "memoryMask"],
          says,
          // A target without rows is not one for each row of the source.
          accepts: { ...sinusoidal, "1[0]": ["array"] },
        }),
        hidden: withPass(1, ids, {
          without: ["types"],
          uses: ["mask", "positions", "memoryMask"],
          says,
          accepts: { ...idsAccepts, ...sinusoidal },
        }),
      },
    },
  },
  objects: { presets: {} },
});
