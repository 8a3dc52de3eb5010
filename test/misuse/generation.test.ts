import * as generation from "transformer-blocks/generation";
import { generate, PrefixCache } from "transformer-blocks/generation";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { onEach } from "../seam/same";
import { testEntry } from "./entry";
import type { RightCall, WrongValue } from "./misuse";
import { decoder, generating, generatingAccepts, left, noArguments, optional, options, share } from "./values";

const saved = await (async () => {
  const cache = new PrefixCache();
  await generate(decoder(), [[1, 2, 3]], { cache, maxNewTokens: 1 });
  return cache.save();
})();

const writer = await onEach(decoder);

const call: RightCall = {
  args: () => [writer(), [[1, 2]], generating()],
  says: "generate",
  accepts: { ...generatingAccepts(2), 2: options },
};

/** What gives tokens alone has no scores to give, and the results of processors and constraints are looked at only as tokens are read. */
const stream: RightCall = {
  ...call,
  says: /^(generate|generateStream): /,
  args: () => [writer(), [[1, 2]], { ...generating(), outputScores: false, outputLogits: false, processors: [] }],
  accepts: { ...call.accepts, "2.outputScores": ["undefined"], "2.outputLogits": ["undefined"] },
  late: ["2.constraint"],
};

/** A processor of one setting, and the least number of tokens that a filter keeps. */
const setting = (value: unknown, accepts: RightCall["accepts"]): RightCall => ({
  args: () => [value],
  accepts: { 1: "any", ...accepts },
});
const filter = (value: unknown, accepts: readonly WrongValue[]): RightCall => ({
  args: () => [value, { keep: 2 }],
  accepts: { 0: accepts, 1: options, "1.keep": ["undefined", "vast"] },
});
const ending = (value: unknown): RightCall => ({
  args: () => [value, { endTokens: [1] }],
  accepts: { 0: ["vast"], "1.endTokens": ["array"], "1.endTokens[0]": ["vast"] },
});
const anyNumber: readonly WrongValue[] = ["negative", "fraction", "huge", "vast"];
const above0: readonly WrongValue[] = ["fraction", "huge", "vast"];
const lists = (place: string): RightCall["accepts"] => ({ [place]: ["array"], [`${place}[0]`]: ["vast"] });
const watermark = { greenShare: 0.25, bias: 1, key: 7, seeding: "left", width: 1 };
const watermarkAccepts = {
  greenShare: share,
  bias: ["undefined", ...anyNumber],
  key: ["undefined", "vast"],
  seeding: ["undefined"],
  width: ["undefined", "vast"],
} as const;

const processors: Record<keyof typeof generation.processors, RightCall> = {
  badWords: {
    args: () => [[[1, 2]], { endTokens: [1] }],
    accepts: {
      ...lists("0[0]"),
      ...lists("1.endTokens"),
      0: ["array"],
      "0[0]": [],
      "0[0][0]": ["vast"],
      1: options,
      "1.endTokens": ["undefined", "array"],
    },
  },
  beginSuppressTokens: {
    args: () => [[1], { afterForced: true }],
    accepts: { ...lists("0"), 1: options, "1.afterForced": ["undefined", "true"] },
  },
  detectWatermark: {
    args: () => [[1, 2, 3], { ...watermark, vocabSize: 20 }],
    accepts: { ...lists("0"), ...optional(1, { ...watermarkAccepts }), 0: [] },
  },
  dry: {
    args: () => [{ multiplier: 1, base: 2, allowedLength: 2, range: 9, breakers: [1] }],
    accepts: {
      "0.multiplier": above0,
      "0.base": ["undefined", "huge", "vast"],
      "0.allowedLength": ["undefined", "vast"],
      "0.range": ["undefined", "vast"],
      "0.breakers": ["undefined", "array"],
      "0.breakers[0]": ["vast"],
    },
  },
  encoderNoRepeatNgram: setting(2, { 0: ["vast"] }),
  encoderRepetitionPenalty: setting(2, { 0: above0 }),
  epsilonCutoff: filter(0.1, ["fraction"]),
  etaCutoff: filter(0.1, ["fraction"]),
  exponentialDecay: {
    args: () => [{ start: 1, factor: 1.1, endTokens: [1] }],
    accepts: { ...lists("0.endTokens"), "0.start": ["vast"], "0.factor": above0 },
  },
  forcedEndToken: setting([1], { 0: ["vast"], "0[0]": ["vast"] }),
  forcedStartToken: setting(1, { 0: ["vast"] }),
  frequencyPenalty: setting(1, { 0: anyNumber }),
  minLength: ending(1),
  minNewTokens: ending(1),
  minP: filter(0.1, ["fraction"]),
  mirostat: {
    args: () => [{ tau: 5, eta: 0.1 }],
    accepts: { 0: options, "0.tau": ["undefined", ...above0], "0.eta": ["undefined", ...above0] },
  },
  noRepeatNgram: setting(2, { 0: ["vast"] }),
  presencePenalty: setting(1, { 0: anyNumber }),
  renormalize: { args: () => [], accepts: { 0: "any" } },
  repetitionPenalty: setting(2, { 0: above0 }),
  sequenceBias: {
    args: () => [[[[1], 2]]],
    accepts: { 0: ["array"], 1: "any", "0[0][0][0]": ["vast"] },
  },
  suppressTokens: setting([1], lists("0")),
  temperature: setting(1, { 0: above0 }),
  topH: setting(0.5, { 0: ["fraction"] }),
  topK: filter(3, ["vast"]),
  topNSigma: filter(1, above0),
  topP: filter(0.9, ["fraction"]),
  typicalP: filter(0.9, ["fraction"]),
  watermark: { args: () => [watermark], accepts: { 0: options, ...optional(0, { ...watermarkAccepts }) } },
  xtc: {
    args: () => [{ threshold: 0.1, probability: 0.5, keep: 2 }],
    accepts: { "0.threshold": ["fraction"], "0.probability": ["fraction"], "0.keep": ["undefined", "vast"] },
  },
};

/** Their errors begin with their own names. */
const named = Object.fromEntries(
  Object.entries(processors).map(([name, row]) => [name, { says: name, ...row }]),
) as typeof processors;

/** A constraint takes any object with the methods of a tokenizer, also of another copy of the library. */
const anotherCopy = { 1: ["undefined", "of another copy of the library"] } as const;
const words = () => characterTokenizer(["ab"]);
const constraints = {
  regex: { args: () => ["a", words()], accepts: { ...anotherCopy, 2: "any" } },
  choices: { args: () => [["a"], words()], accepts: { ...anotherCopy, 2: "any" } },
  grammar: { args: () => ['root ::= "a"', words()], accepts: { ...anotherCopy, 2: "any" } },
  jsonSchema: {
    // JSON itself is covered by test/generation/constraints.
    args: () => [true, undefined, { whitespace: "any", strict: false }],
    accepts: {
      0: ["true", "object"],
      1: ["undefined"],
      2: options,
      "2.whitespace": ["undefined"],
      "2.strict": ["undefined", "true"],
    },
  },
} satisfies Record<string, RightCall>;

testEntry("transformer-blocks/generation", generation, {
  functions: { ...constraints, generate: call, generateStream: stream },
  classes: {
    PrefixCache: {
      construct: {
        args: () => [{ texts: 3, bits: 8 }],
        accepts: { 0: options, "0.texts": ["undefined", "vast"], "0.bits": left },
      },
      statics: {
        load: {
          args: () => [saved, writer(), { texts: 3, bits: undefined }],
          says: /^(PrefixCache|readSafetensors): /,
          accepts: { 2: options, "2.texts": ["undefined", "vast"], "2.bits": left },
        },
      },
      on: () => new PrefixCache(),
      methods: {
        longest: { args: () => [[1, 2]], accepts: { 0: ["array"], "0[0]": ["vast"], 1: "any" } },
        clear: noArguments,
        save: noArguments,
      },
    },
  },
  objects: { processors: named },
});
