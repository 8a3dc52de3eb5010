import type { Module } from "../blocks";
import { expectModule } from "../blocks/internal";
import { type Checks, checkOptions, wholeIn } from "../checks";
import { classOf } from "../describe";
import { knownAs } from "../synonyms";
import { Parameter } from "../tensor";
import { type CostOptions, operationsOf } from "./cost";
import type { Description } from "./description";
import { partsWithin } from "./module-tree";
import { printDescription } from "./print-description";

/** Options of `describe`. */
export interface DescribeOptions {
  /** How many tokens attention looks at, for its operations; 0 if omitted, so that only weights count. */
  context?: number | undefined;
}

const checks: Checks<DescribeOptions> = /* @__PURE__ */ knownAs(
  { options: ["context contextLength seqLen length tokens"] },
  { context: /* @__PURE__ */ wholeIn({ least: 0 }) },
);

/**
 * What a model is made of: a tree of its modules and parameters, with shapes, counts, memory and the operations that a
 * token takes. `console.log(String(describe(model)))` prints it; a model without values can be described as well.
 *
 * Operations are 2 N for the N weights that a token meets: tables of vectors are only looked up, and of a mixture only the
 * chosen experts count. Attention over n tokens adds 2 · 2 n heads · headDim. What a token of either text of an
 * encoder-decoder meets counts once.
 *
 * @throws TypeError unless it is a model, or for a wrong option
 * @see Kaplan et al. 2020, Scaling Laws for Neural Language Models (arXiv 2001.08361), section 2.1 and table 1
 * @example
 * ```ts
 * import { gpt, presets } from "transformer-blocks";
 * import { describe } from "transformer-blocks/inspect";
 * const { parameters, bytes, operations } = describe(gpt(presets.gpt2));
 * parameters; // 124439808
 * bytes;      // 497759232
 * operations; // 247306752
 * ```
 */
export function describe(model: Module, options: DescribeOptions = {}): Description {
  expectModule("describe", "model", model);
  checkOptions("describe", options, checks);
  return described("", model, { context: options.context ?? 0, partsOf: partsWithin(model) });
}

function described(name: string, part: Module | Parameter, options: CostOptions): Description {
  if (part instanceof Parameter)
    return node({ ...{ name, kind: "Parameter", shape: part.shape }, ...sizesOf([part]), operations: 0, parts: [] });
  const parts = options.partsOf(part).map((each) => described(each.name, each.part, options));
  const sizes = sizesOf([...part.parameters().values()]);
  return node({ name, kind: classOf(part), ...sizes, operations: operationsOf(part, options), parts });
}

const node = (facts: Omit<Description, "toString">): Description =>
  Object.defineProperty({ ...facts } as Description, "toString", {
    value(this: Description) {
      return printDescription(this);
    },
  });

const sizesOf = (parameters: readonly Parameter[]) => ({
  parameters: parameters.reduce((sum, { size }) => sum + size, 0),
  bytes: parameters.reduce((sum, parameter) => sum + bytesOf(parameter), 0),
});

/** A block of 32 quantized weights has a scale of 4 bytes. */
function bytesOf({ size, quantized }: Parameter): number {
  if (quantized === undefined) return 4 * size;
  return (size / 32) * (quantized.format === "q8" ? 36 : 20);
}
