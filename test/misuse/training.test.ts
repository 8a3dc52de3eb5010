import {
  type Gradients,
  initialize,
  Linear,
  multiply,
  ones,
  random,
  sum,
  type Tensor,
  valueAndGradients,
} from "transformer-blocks";
import * as training from "transformer-blocks/training";
import {
  adamW,
  constant,
  inverseSquareRoot,
  SkipGram,
  skipGramBatches,
  warmupCosine,
  warmupLinear,
} from "transformer-blocks/training";
import { describe } from "vitest";
import { onEach } from "../seam/same";
import { testEntry, testMethods } from "./entry";
import type { RightCall } from "./misuse";
import { callback, left, noArguments, optional, options, positive, share } from "./values";

const shared = await onEach(() => new Linear({ inFeatures: 2, outFeatures: 2 }));
/** As it was before any training. */
const model = () => initialize(shared(), { seed: 1 });
const loss = () => sum(shared().forward(ones([1, 2])));
const gradients = () => valueAndGradients(model(), loss).gradients;
const byPath = () => new Map<string, Tensor>([...gradients()]);
const optimizer = () => adamW(model(), { learningRate: 0.1 });

const adamOptions = {
  ...{ learningRate: 0.1, betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1 },
  ...{ decays: () => true, freeze: ["bias"] },
};
const adam: RightCall = {
  args: () => [model(), adamOptions],
  says: "adamW",
  accepts: optional(1, {
    learningRate: ["fraction", "huge"],
    betas: left,
    "betas[0]": ["fraction"],
    epsilon: positive,
    weightDecay: positive,
    decays: callback,
    freeze: ["undefined", "array"],
  }),
};
const warmup = { warmup: 2 };
const decay: RightCall = {
  args: () => [{ warmup: 2, steps: 4, minimum: 0.1 }],
  accepts: optional(0, { warmup: left, steps: ["vast"], minimum: share }),
};
const step: RightCall = { args: () => [3], accepts: { 0: ["fraction", "huge"], 1: "any" } };
const skipGram = await onEach(() => initialize(new SkipGram({ vocabSize: 4, dModel: 2 }), { seed: 1 }));
const pairs = () => ({ centers: [0, 1], contexts: [1, 2], negatives: [[2], [3]] });
const clipping = { "1.maxNorm": ["fraction", "huge"] } as const;

testEntry("transformer-blocks/training", training, {
  functions: {
    adamW: adam,
    clipGradients: [
      {
        title: "clipGradients of gradients",
        args: () => [gradients(), { maxNorm: 1 }],
        accepts: { ...clipping, 0: ["array"] },
      },
      {
        title: "clipGradients of a Map",
        args: () => [byPath(), { maxNorm: 1 }],
        accepts: { ...clipping, 0: ["array"] },
      },
    ],
    gradientNorm: { args: () => [byPath()], accepts: { 0: ["array"], 1: "any" } },
    constant: { args: () => [warmup], accepts: { 0: options, "0.warmup": ["undefined", "vast"] } },
    linear: { ...decay, says: "warmupLinear" },
    warmupLinear: decay,
    warmupCosine: decay,
    skipGramBatches: {
      args: () => [
        [
          [0, 1, 2],
          [1, 3],
        ],
        { pairs: 4, window: 2, negatives: 2, subsampling: 0.5, power: 0.75 },
      ],
      accepts: {
        ...{ "0[0]": ["array"], "0[0][0]": [] },
        ...optional(1, {
          window: [...left, "vast"],
          negatives: left,
          subsampling: share,
          power: share,
        }),
      },
    },
    inverseSquareRoot: { args: () => [warmup], accepts: { "0.warmup": ["vast"] } },
    train: {
      args: () => [
        model(),
        {
          ...{ loss, batches: [1, 2, 3, 4], steps: 2, optimizer: optimizer(), schedule: constant(), clip: 1 },
          ...{ accumulate: undefined, seed: 1, signal: new AbortController().signal, onStep: () => {} },
          resume: undefined,
        },
      ],
      accepts: optional(1, {
        batches: ["strings", "nested", "float64", "function"],
        "batches[0]": "any",
        schedule: callback,
        clip: positive,
        accumulate: left,
        seed: ["undefined", "vast"],
        signal: left,
        onStep: callback,
        resume: left,
      }),
    },
  },
  classes: {
    SkipGram: {
      construct: { args: () => [{ vocabSize: 4, dModel: 2 }] },
      on: skipGram,
      methods: {
        forward: {
          args: () => [
            [0, 1],
            [
              [1, 2],
              [2, 3],
            ],
          ],
          says: /^(SkipGram|embedding): /,
          accepts: { 2: "any" },
        },
        loss: { args: () => [pairs()], says: /^(SkipGram|embedding): / },
      },
    },
    AdamW: {
      construct: adam,
      on: optimizer,
      methods: {
        parameters: noArguments,
        step: {
          args: () => [byPath(), { learningRate: 0.1 }],
          says: "adamW",
          accepts: { 1: options, "1.learningRate": positive },
        },
        state: noArguments,
        load: { args: () => [optimizer().state()], says: "adamW", accepts: { 1: "any" } },
      },
    },
  },
  objects: {},
});

describe("what the results of training functions are given", () => {
  const batches = skipGramBatches([[0, 1, 2]], { pairs: 4 });
  testMethods<{ batches: typeof batches }>("skipGramBatches", () => ({ batches }), {
    batches: { args: () => [0, random(1)], says: "skipGramBatches", accepts: { 0: "any", 2: "any" } },
  });
  const schedules = {
    constant: constant(warmup),
    warmupLinear: warmupLinear({ steps: 4 }),
    warmupCosine: warmupCosine({ steps: 4 }),
    inverseSquareRoot: inverseSquareRoot(warmup),
  };
  for (const [name, schedule] of Object.entries(schedules))
    testMethods<{ schedule: typeof schedule }>(name, () => ({ schedule }), { schedule: { ...step, says: name } });
  testMethods<Gradients>("gradients", gradients, {
    get: { args: () => ["weight"], says: "gradients", accepts: { 1: "any" } },
    has: { args: () => ["weight"], says: "gradients", accepts: { 0: ["string"], 1: "any" } },
    map: { args: () => [(x: Tensor) => multiply(x, 2)], says: "gradients", accepts: { 1: "any" } },
    over: noArguments,
    toString: noArguments,
  });
});
