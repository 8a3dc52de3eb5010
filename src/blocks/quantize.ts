import { type Checks, checkOptions } from "../checks";
import type { Activations, QuantizedFormat } from "../kernels";
import { BLOCK } from "../kernels/internal";
import { Parameter } from "../tensor";
import { commitAll, prepareQuantized, quantizedFormat, roundedActivations } from "../tensor/internal";
import { Embedding } from "./embedding";
import { Linear } from "./linear";
import { expectModule, type Module } from "./module";

/** The matrices that `quantize` changes: those of linear layers and embeddings whose rows are whole blocks of 32. */
export function quantizable(model: Module): Parameter[] {
  const weights = new Set<Parameter>();
  for (const module of model.modules().values())
    if (module instanceof Linear || module instanceof Embedding) weights.add(module.weight);
  return [...weights].filter(({ shape }) => shape[1]! % BLOCK === 0);
}

/** What `quantize` rounds. */
export interface QuantizeOptions {
  weights: QuantizedFormat;
  /**
   * How the left side of products with these weights is rounded, in blocks of 32 with a scale: to 8 bits, to 12 or more, or
   * "float32", not at all, which is slower. If omitted, the kernels choose 8 or 12 by what the processor multiplies faster.
   */
  activations?: Activations | undefined;
}

const checks: Checks<QuantizeOptions> = { weights: quantizedFormat, activations: roundedActivations };

/**
 * Quantizes the weights of linear layers and embeddings to 8 or 4 bits, in blocks of 32 that share a scale (GGUF's Q8_0
 * and Q4_0): a quarter or an eighth of the memory, and faster products, for a small error. What they are multiplied by is
 * rounded too, unless `activations` are "float32". For inference: quantized weights have no gradient, but gradients still
 * flow through them. Everything else stays float32.
 *
 * @param model a model or another module, or a single parameter
 * @param options a format, "q8" or "q4", or `{ weights, activations }`
 * @returns the same model
 * @throws RangeError for another format; TypeError for an unknown option; ShapeError for a single parameter that is not a
 * matrix whose rows are whole blocks of 32; Error, with nothing changed, if a parameter has no values
 * @see Dettmers et al. 2022, LLM.int8() (arXiv 2208.07339) for the error of 8 bits
 * @example
 * ```ts
 * import { gpt, quantize } from "transformer-blocks";
 * const model = gpt({ vocabSize: 64, contextLength: 16, dModel: 32, heads: 2, layers: 1 }, { seed: 1 });
 * quantize(model, "q8").forward([[1, 2, 3]]).shape; // [1, 3, 64]
 * quantize(model, { weights: "q4", activations: 12 }); // smaller still, from the 8-bit values
 * ```
 */
export function quantize<M extends Module | Parameter>(model: M, options: QuantizedFormat | QuantizeOptions): M {
  if (!(model instanceof Parameter)) expectModule("quantize", "model", model);
  if (typeof options !== "object") quantizedFormat("quantize", "format", options);
  else checkOptions("quantize", options, checks, ["weights"]);
  const asked: QuantizeOptions = typeof options === "object" ? options : { weights: options };
  const matrices = model instanceof Parameter ? [model] : quantizable(model);
  commitAll(matrices.map((weight) => () => prepareQuantized(weight, asked)));
  return model;
}
