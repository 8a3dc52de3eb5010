import fc from "fast-check";
import { attention, multiply, ones, sum, type Tensor } from "transformer-blocks";
import * as testing from "transformer-blocks/testing";
import { testEntry } from "./entry";
import type { RightCall } from "./misuse";
import { boolean, callback, left, linear, optional, options, positive } from "./values";

const x = () => ones([2, 2]);
const check = { step: 0.03, elements: 2, seed: 1 };
const checkAccepts = {
  2: options,
  ...optional(2, {
    step: ["undefined", "fraction", "huge"],
    elements: ["undefined", "vast"],
    seed: ["undefined", "vast"],
  }),
};
const values = fc.integer({ min: 0, max: 1 });

const { attentionLaws, feedForwardLaws, tensors } = testing;
const lists = [
  ...(["attentionLaws", "rotaryLaws", "alibiLaws", "layerNormLaws", "rmsNormLaws", "feedForwardLaws"] as const),
  ...(["encoderBlockLaws", "decoderBlockLaws", "residualLaws", "decoderModelLaws", "encoderModelLaws"] as const),
];
const config: testing.LawConfig<(x: Tensor) => Tensor, Tensor, object> = {
  ...{ name: "even", statement: "f(x) = f(x)", source: "none", tolerance: 0.1 },
  arbitrary: () => tensors([2]),
  check: () => {},
  sides: (f, input) => ({ left: f(input), right: f(input) }),
};
const heads = () => ones([1, 2, 2, 2]);
/** A call of a law on an input that holds. */
const held: RightCall = {
  args: () => [attention, { q: heads(), k: heads(), v: heads(), other: heads(), a: 1, b: 2 }],
  says: /^attention/,
  accepts: { "1.a": ["fraction", "negative", "huge"], "1.b": ["fraction", "negative", "huge"], 2: "any" },
  records: ["1"],
};

testEntry("transformer-blocks/testing", testing, {
  functions: {
    attentionInputs: {
      args: () => [{ values, selfAttention: true, grouped: true, maxLength: 2, maxHeadDim: 2 }],
      accepts: {
        0: options,
        ...optional(0, { values: left, selfAttention: boolean, grouped: boolean, maxLength: left, maxHeadDim: left }),
      },
    },
    tensors: { args: () => [[2, 2], { values }], accepts: { 0: ["undefined", "array"], 1: options, "1.values": left } },
    close: { args: () => [x(), x(), 0.1], accepts: { 2: ["fraction", "huge", "Infinity"], 3: "any" } },
    maxDifference: { args: () => [x(), x()], accepts: { 2: "any" } },
    rowsSumToOne: { args: () => [x(), 0.1], accepts: { 1: ["undefined", "fraction", "huge", "Infinity"], 2: "any" } },
    checkLaws: {
      args: () => [
        feedForwardLaws,
        (input: Tensor) => input,
        { runs: 2, seed: 1, inputs: { dModel: 2, maxLength: 2 } },
      ],
      says: /^(checkLaws|feed-forward)/,
      accepts: {
        0: [],
        2: options,
        ...optional(2, { runs: left, seed: ["undefined", "negative"], inputs: options }),
        ...optional("2.inputs", { dModel: left, maxLength: left }),
      },
      records: ["0"],
    },
    checkGradients: [
      {
        title: "checkGradients of tensors",
        args: () => [(a: Tensor) => multiply(a, a), [x()], check],
        says: /^(checkGradients|multiply): /,
        accepts: checkAccepts,
      },
      {
        title: "checkGradients of a model",
        args: () => {
          const model = linear();
          return [() => sum(model.forward(x())), model, check];
        },
        // The check looks at no class of it; `grad` does at those of its parameters.
        accepts: { ...checkAccepts, 1: ["array", "of another copy of the library"] },
      },
    ],
  },
  classes: {
    Law: {
      construct: {
        args: () => [config],
        accepts: {
          ...optional(0, { name: ["string"], statement: ["string"], source: ["string"], tolerance: positive }),
          ...optional(0, { arbitrary: callback, sides: callback, check: callback }),
          "0.arbitrary": ["function"],
          "0.sides": ["function"],
        },
      },
      on: () => attentionLaws.linearInValues,
      methods: {
        arbitrary: {
          args: () => [{ values, selfAttention: true, grouped: true, maxLength: 2, maxHeadDim: 2 }],
          says: /^attention, /,
          accepts: {
            0: options,
            ...optional(0, {
              ...{ values: left, selfAttention: boolean, grouped: boolean, maxLength: left, maxHeadDim: left },
            }),
          },
        },
        holds: held,
        expect: held,
      },
    },
  },
  objects: Object.fromEntries(lists.map((name) => [name, {}])) as Record<(typeof lists)[number], object>,
});
