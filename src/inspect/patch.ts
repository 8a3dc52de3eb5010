import type { Module, Pass } from "../blocks";
import { inspected, patchesCheck } from "./inspected";
import type { Patches } from "./recorder";

/**
 * Runs a model with changed inner values, and returns its output. A run inside `valueAndGradients` is differentiable
 * through the patches. `onlyAt` makes a patch of some heads or positions.
 *
 * @throws as `inspect`
 * @see Meng et al. 2022 (arXiv 2202.05262), section 2, for patching as causal analysis
 * @example
 * ```ts
 * import { gpt, multiply } from "transformer-blocks";
 * import { patch } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const louder = patch(model, (pass) => model.forward([[1, 2, 3]], pass), { "blocks.0.output": (x) => multiply(x, 2) });
 * louder.shape; // [1, 3, 8]
 * ```
 */
export function patch<Output>(model: Module, run: (pass: Pass) => Output, patches: Patches): Output {
  patchesCheck("patch", "patches", patches);
  return inspected("patch", model, run, { sites: [], patches }).output;
}
