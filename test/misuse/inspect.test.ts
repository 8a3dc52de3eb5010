import type { Pass } from "transformer-blocks";
import * as inspection from "transformer-blocks/inspect";
import { sum, type Tensor } from "transformer-blocks/tensor";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { onEach } from "../seam/same";
import { testEntry } from "./entry";
import { decoder, left, options, withPass } from "./values";

const model = await onEach(decoder);
const run = (pass: Pass) => model().forward([[1, 2]], pass);
const patches = () => ({ "blocks.0.output": <T>(x: T) => x });
const letters = characterTokenizer(["abc"]);
/** It is used by its methods, whichever copy of the library it is from. */
const anyTokenizer = ["of another copy of the library"] as const;

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
