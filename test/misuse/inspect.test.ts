import type { Pass } from "transformer-blocks";
import * as inspection from "transformer-blocks/inspect";
import { sum, type Tensor } from "transformer-blocks/tensor";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { onEach } from "../seam/same";
import { testEntry } from "./entry";
import type { RightCall } from "./misuse";
import { boolean, decoder, left, options, share, withPass } from "./values";

const model = await onEach(decoder);
const run = (pass: Pass) => model().forward([[1, 2]], pass);
const patches = () => ({ "blocks.0.output": <T>(x: T) => x });
const letters = characterTokenizer(["abc"]);
/** It is used by its methods, whichever copy of the library it is from. */
const anyTokenizer = ["of another copy of the library"] as const;

const heads: RightCall = {
  args: () => [model(), { length: 3, rows: 2, seed: 1, startToken: 1 }],
  accepts: {
    1: options,
    "1.length": left,
    "1.rows": left,
    "1.seed": ["undefined", "vast"],
    "1.startToken": left,
  },
};

testEntry("transformer-blocks/inspect", inspection, {
  functions: {
    inspect: {
      args: () => [
        model(),
        run,
        { sites: ["blocks.0.output"], patches: patches(), gradients: (logits: Tensor) => sum(logits) },
      ],
      accepts: { "2.sites": ["array"], "2.patches": ["undefined", "object"], "2.gradients": ["undefined"] },
      records: ["2.patches"],
    },
    patch: { args: () => [model(), run, patches()], accepts: { 2: ["object"], 3: "any" }, records: ["2"] },
    logitLens: withPass(2, () => [model(), [[1, 2]]], {
      without: ["memory", "memoryMask", "types", "cache", "tap"],
      uses: ["mask", "positions"],
      says: /^(logitLens|DecoderModel|attention|embedding|PositionalEncoding|inspect): /,
    }),
    logitAttribution: withPass(3, () => [model(), [[1, 2]], { token: 3, against: 2, position: 1, heads: true }], {
      without: ["memory", "memoryMask", "types", "cache", "tap"],
      uses: ["mask", "positions"],
      accepts: { "2.against": left, "2.position": left, "2.heads": boolean },
      says: /^(logitAttribution|DecoderModel|attention|embedding|PositionalEncoding): /,
    }),
    attentionRollout: {
      args: () => [model(), run, { sites: ["blocks.0.attention.weights"], heads: "max", residual: 0.5 }],
      accepts: { 2: options, "2.sites": left, "2.heads": left, "2.residual": share },
      says: /^(attentionRollout|inspect): /,
    },
    integratedGradients: {
      args: () => [
        model(),
        run,
        { of: (logits: Tensor) => sum(logits), site: "embedding", baseline: 0.5, steps: 8, tolerance: 1 },
      ],
      accepts: {
        "2.site": left,
        "2.baseline": ["undefined", "negative", "fraction", "huge", "vast"],
        "2.steps": left,
        "2.tolerance": ["undefined", "fraction", "huge", "vast"],
      },
    },
    inductionScores: heads,
    previousTokenScores: heads,
    onlyAt: {
      args: () => [{ rows: [0], positions: [1], heads: [0] }, 0],
      accepts: {
        "0.rows": ["undefined", "array"],
        "0.positions": ["undefined", "array"],
        "0.heads": ["undefined", "array"],
        "0.rows[0]": ["negative"],
        "0.positions[0]": ["negative"],
        "0.heads[0]": ["negative"],
        1: "any",
        2: "any",
      },
    },
    describe: { args: () => [model(), { context: 8 }], accepts: { 1: options, "1.context": ["undefined", "vast"] } },
    diff: { args: () => [model(), model()], accepts: { 2: "any" } },
    nearest: {
      args: () => [{ model: model(), tokenizer: letters }, "a", { top: 2 }],
      accepts: { "0.tokenizer": anyTokenizer, 2: options, "2.top": [...left, "vast"] },
      records: ["0"],
    },
    analogy: {
      args: () => [{ model: model(), tokenizer: letters }, "a", "b", "c", { top: 2 }],
      accepts: { "0.tokenizer": anyTokenizer, 4: options, "4.top": [...left, "vast"] },
      records: ["0"],
    },
  },
  classes: {},
  objects: {},
});
