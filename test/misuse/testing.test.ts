import fc from "fast-check";
import { multiply, ones, sum, type Tensor } from "transformer-blocks";
import * as testing from "transformer-blocks/testing";
import { testEntry } from "./entry";
import { boolean, left, linear, optional, options } from "./values";

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
  classes: {},
  objects: {},
});
