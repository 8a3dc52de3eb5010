/** Right values, and wrong ones that are right after all, that several tables use. */
import {
  type GenerateOptions,
  gpt,
  initialize,
  KeyValueCache,
  Linear,
  type Module,
  MultiHeadAttention,
  ones,
  type Pass,
  random,
  tensor,
  zeros,
} from "transformer-blocks";
import type { Accepted, RightCall, WrongValue } from "./misuse";

/** Options may be left out, and so may each single one. */
export const left: readonly WrongValue[] = ["undefined"];
export const options: readonly WrongValue[] = ["undefined", "object"];
const vast: readonly WrongValue[] = ["undefined", "vast"];
export const boolean: readonly WrongValue[] = ["undefined", "true"];
export const share: readonly WrongValue[] = ["undefined", "fraction"];
export const positive: readonly WrongValue[] = ["undefined", "fraction", "huge"];
export const callback: readonly WrongValue[] = ["undefined", "function"];

/** For what nobody gives arguments. */
export const noArguments: RightCall = { args: () => [], accepts: { 0: "any" } };

export const ready = <M extends Module>(module: M): M => initialize(module, { seed: 1 });

/** Of heads 2, headDim 2: [batch 1, seq 2, dModel 4]. */
export const sequence = () => ones([1, 2, 4]);

export const sizes = { vocabSize: 8, contextLength: 8, dModel: 4, heads: 2, layers: 1 };
export const decoder = () => gpt(sizes, { seed: 1 });
export const linear = () => ready(new Linear({ inFeatures: 2, outFeatures: 3 }));
export const attention = () => ready(new MultiHeadAttention({ dModel: 4, heads: 2 }));
export const cache = () => new KeyValueCache({ capacity: 8 });

/** Every field of a pass over two tokens, but for those left out. */
export const pass = (without: readonly (keyof Pass)[] = []): Pass => {
  const whole: Required<Pass> = {
    mask: [[1, 1]],
    causal: true,
    bias: tensor([0]),
    positions: [0, 1],
    cache: cache(),
    rng: random(1),
    memory: zeros([1, 2, 4]),
    memoryMask: [[1, 1]],
    types: [[0, 0]],
    // Not with padding, a cache or a memory.
    lengths: undefined,
    tap: { sees: () => false, take: (_module, _site, value) => value },
    shared: new Map(),
  };
  return { ...whole, ...Object.fromEntries(without.map((name) => [name, undefined])) };
};

/** Fields of a pass that hold numbers, with what each checks of them that has a use for it. */
const numbers = ["mask", "positions", "memoryMask", "types"] as const;
type Numbers = (typeof numbers)[number];

interface PassRow extends Partial<RightCall> {
  /** Fields that would be refused. */
  without?: readonly (keyof Pass)[];
  /** What it looks at the numbers of; the others are there for other modules that the pass goes through. */
  uses?: readonly Numbers[];
}

/** A row for a method that takes a pass at a place. */
export const withPass = (
  place: number,
  args: () => readonly unknown[],
  { without = [], uses = [], accepts = {}, ...rest }: PassRow = {},
): RightCall => ({
  args: () => [...args(), pass(without)],
  accepts: {
    ...Object.fromEntries(Object.keys(pass()).map((name) => [`${place}.${name}`, left])),
    [place]: options,
    [`${place}.causal`]: boolean,
    [`${place}.tap.sees`]: ["function"],
    [`${place}.tap.take`]: ["function"],
    ...Object.fromEntries(
      numbers
        .filter((name) => !uses.includes(name) && !without.includes(name))
        .flatMap((name) => [
          [`${place}.${name}`, ["undefined", "array", "hole", "strings", "nested"]],
          [`${place}.${name}[0]`, "any"],
          [`${place}.${name}[0][0]`, "any"],
        ]),
    ),
    ...accepts,
  },
  records: [`${place}.tap`],
  ...rest,
});

/** What each place of an options object takes after all. */
export const optional = (place: number | string, accepts: Accepted): Accepted =>
  Object.fromEntries(Object.entries(accepts).map(([name, values]) => [`${place}.${name}`, values]));

/** Every option of generate. */
export const generating = (): GenerateOptions => ({
  ...{ maxNewTokens: 2, minNewTokens: 1, temperature: 1, topK: 3, topP: 0.9, minP: 0.01, typicalP: 0.9 },
  ...{ epsilonCutoff: 0.01, etaCutoff: 0.01, repetitionPenalty: 1.1, noRepeatNgram: 3, badWords: [[1, 2]] },
  encoderNoRepeatNgram: 3,
  ...{ suppressTokens: [3], beginSuppressTokens: [4], forcedStartToken: 5, forcedEndToken: 6, endTokens: [7] },
  ...{ mask: [[1, 1]], seed: 1, signal: new AbortController().signal, onToken: () => {} },
  ...{ cache: true, outputScores: true, without: ["num_beams"] },
  ...{ sequenceBias: [[[1], 2]], encoderRepetitionPenalty: 1.1, frequencyPenalty: 0.1, presencePenalty: 0.1 },
  ...{ dry: { multiplier: 1, base: 2, allowedLength: 2, range: 9, breakers: [1] }, renormalize: true },
  ...{ exponentialDecay: { start: 1, factor: 1.1 }, processors: [(scores: Float32Array) => scores] },
  ...{ topH: 0.9, topNSigma: 2, xtc: { threshold: 0.1, probability: 0.5 }, mirostat: { tau: 5, eta: 0.1 } },
  watermark: { greenShare: 0.25, bias: 1, key: 7, seeding: "left", width: 1 },
  ...{ penaltyAlpha: undefined, draft: undefined, promptLookup: { tokens: 3, maxNgram: 2 } },
  ...{ beams: 1, beamGroups: 1, diversityPenalty: 0, lengthPenalty: 1, earlyStopping: false, sequences: 1 },
  ...{
    maxLength: 9,
    minLength: 1,
    maxTime: 600,
    decoderPrompt: undefined,
    guidance: { scale: 1, negativePrompt: [1] },
  },
  ...{ outputLogits: true, alternatives: 2, constraint: () => [0, 1, 2, 5] },
});

export const generatingAccepts = (place: number): Accepted =>
  optional(place, {
    ...Object.fromEntries(Object.keys(generating()).map((name) => [name, left])),
    // What is more than the context or the vocabulary has.
    ...Object.fromEntries(["maxNewTokens", "maxLength", "minLength", "alternatives"].map((name) => [name, vast])),
    outputLogits: boolean,
    maxTime: [...left, "fraction", "huge", "vast"],
    decoderPrompt: ["undefined", "array"],
    guidance: ["undefined"],
    "guidance.scale": ["negative", "fraction", "huge"],
    "guidance.negativePrompt": ["undefined"],
    temperature: positive,
    topK: ["undefined", "vast"],
    topP: share,
    minP: share,
    typicalP: share,
    epsilonCutoff: share,
    etaCutoff: share,
    repetitionPenalty: positive,
    noRepeatNgram: ["undefined", "vast"],
    encoderNoRepeatNgram: ["undefined", "vast"],
    badWords: ["undefined", "array"],
    suppressTokens: ["undefined", "array"],
    beginSuppressTokens: ["undefined", "array"],
    endTokens: ["undefined", "array"],
    sequenceBias: ["undefined", "array"],
    encoderRepetitionPenalty: positive,
    frequencyPenalty: ["undefined", "negative", "fraction", "huge"],
    presencePenalty: ["undefined", "negative", "fraction", "huge"],
    "dry.multiplier": ["fraction", "huge"],
    "dry.base": ["undefined", "huge"],
    "dry.allowedLength": ["undefined", "vast"],
    "dry.range": ["undefined", "vast"],
    "dry.breakers": ["undefined", "array"],
    "promptLookup.tokens": vast,
    "promptLookup.maxNgram": vast,
    renormalize: boolean,
    "exponentialDecay.start": ["vast"],
    "exponentialDecay.factor": ["fraction", "huge"],
    processors: ["undefined", "array"],
    topH: share,
    topNSigma: positive,
    "xtc.threshold": ["fraction"],
    "xtc.probability": ["fraction"],
    mirostat: options,
    "mirostat.tau": positive,
    "mirostat.eta": positive,
    watermark: options,
    "watermark.greenShare": share,
    "watermark.bias": ["undefined", "negative", "fraction", "huge"],
    "watermark.key": ["undefined", "vast"],
    "watermark.seeding": ["undefined"],
    "watermark.width": ["undefined", "vast"],
    seed: ["undefined", "vast"],
    onToken: callback,
    cache: boolean,
    outputScores: boolean,
    without: ["undefined", "array"],
  });
