import * as models from "transformer-blocks/models";
import { bert, encoderDecoder } from "transformer-blocks/models";
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
  ...{ decoderLayers: left, decoderHeads: left, decoderDFeedForward: left, startToken: left },
};
const ofDecoder = { tied: true, headBias: true, crossAttention: true, finalNorm: true };
const ofEncoder = { typeVocabSize: 2, embeddingNorm: true, pooler: true, head: { kind: "maskedLanguageModel" } };
const ofBoth = { decoderLayers: 1, decoderHeads: 2, decoderDFeedForward: 8, startToken: 0, headBias: true };

const made = (more: object): RightCall => ({
  args: () => [{ ...config, ...more }],
  accepts: optional(0, accepts),
});
const factory = (more: object): RightCall => ({
  args: () => [{ ...config, ...more }, { seed: 1 }],
  accepts: { ...optional(0, accepts), 1: options, "1.seed": ["undefined", "vast"] },
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
  functions: { gpt: factory(ofDecoder), bert: factory(ofEncoder), encoderDecoder: factory(ofBoth) },
  classes: {
    DecoderModel: {
      construct: made(ofDecoder),
      on: decoder,
      methods: { hidden: decoderPass, forward: decoderPass },
    },
    EncoderModel: {
      construct: made(ofEncoder),
      on: encoder,
      methods: { hidden: encoderPass, forward: encoderPass, pooled: encoderPass },
    },
    EncoderDecoderModel: {
      construct: made(ofBoth),
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
