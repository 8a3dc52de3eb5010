import { rmSync } from "node:fs";
import { DecoderModel, saveParameters } from "transformer-blocks";
import * as families from "transformer-blocks/families";
import { gpt2, pretrainedLoader } from "transformer-blocks/families";
import { trainBpe } from "transformer-blocks/tokenizer";
import { describe } from "vitest";
import { testEntry, testMethods } from "./entry";
import type { RightCall } from "./misuse";
import { source } from "./pretrained";
import { callback, decoder, left, linear, optional, options } from "./values";

const signal = () => new AbortController().signal;
const tokenizer = trainBpe(["a b"], { vocabSize: 260 });
const nowhere = Object.create({ write: async () => {} });
const gpt2Source = Object.create(source("gpt2"));
const loading: RightCall = {
  args: () => [
    gpt2Source,
    {
      ...{ onProgress: () => {}, weights: "q8", activations: 12, signal: signal(), model: DecoderModel },
      head: undefined,
    },
  ],
  says: /^(fromPretrained|openSource|wrong|reading wrong)/,
  accepts: {
    1: options,
    ...optional(1, { onProgress: callback, activations: left, signal: left, model: left, head: left }),
    // Activations need weights.
    "1.weights": [],
  },
};
/** What is deeper in a family is looked at as a checkpoint needs it. */
const deep = Object.create({});
const own = { ...gpt2, aliases: deep, classes: ["GPT2"], defaults: deep, heads: deep, layers: deep, spelling: deep };
const familyAccepts = optional("0[0]", {
  modelTypes: ["array", "strings"],
  "modelTypes[0]": ["string"],
  classes: ["undefined", "array", "strings", "string"],
  "classes[0]": ["string"],
  heads: ["undefined", "object"],
  aliases: ["undefined", "object"],
  defaults: ["undefined", "object"],
  layers: ["object", "function"],
  spelling: ["object"],
  toModel: ["function"],
  toConfig: ["undefined", "function"],
  names: ["function"],
  load: ["undefined", "function"],
});
/** The numbers of a file are on the CPU. */
const parameters = saveParameters(linear());
const family = "data for pretrainedLoader, which calls it";
type FamilyName = {
  [Name in keyof typeof families]: (typeof families)[Name] extends families.Family ? Name : never;
}[keyof typeof families];
const familyNames = Object.entries(families).flatMap(([name, one]) => ("modelTypes" in one ? [name] : []));

testEntry("transformer-blocks/families", families, {
  functions: {
    fromPretrained: loading,
    pretrainedLoader: { args: () => [[own]], accepts: { 0: ["array", "object"], 1: "any", ...familyAccepts } },
    savePretrained: {
      args: () => [
        { model: decoder(), tokenizer, config: undefined, files: new Map() },
        nowhere,
        { weights: "float32", signal: signal() },
      ],
      says: /^(savePretrained|writeDirectory)/,
      accepts: {
        ...optional(0, { tokenizer: left, config: left, files: left }),
        1: ["string"],
        2: options,
        ...optional(2, { weights: left, signal: left }),
      },
      after: () => rmSync("wrong", { recursive: true, force: true }),
    },
    saveParameters: { args: () => [linear()], accepts: { 1: "any" } },
    loadParameters: {
      args: () => [linear(), parameters],
      accepts: { 2: "any" },
    },
  },
  classes: {},
  objects: Object.fromEntries(familyNames.map((name) => [name, family])) as Record<FamilyName, string>,
});

describe("what the results of family functions are given", () => {
  testMethods<{ load: families.Loader<DecoderModel> }>("load", () => ({ load: pretrainedLoader([gpt2]) }), {
    load: loading,
  });
});
