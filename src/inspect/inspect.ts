import type { Module, Pass } from "../blocks";
import { arrayOf, type Checks, checkOptions, expectFunction, expectString } from "../checks";
import { knownAs } from "../synonyms";
import type { Tensor } from "../tensor";
import { type Inspected, inspected, patchesCheck } from "./inspected";
import type { Patches } from "./recorder";

/** Options of `inspect`. */
export interface InspectOptions<Output = unknown> {
  /**
   * What to record: a path and a site; `*` matches any one name, `**` any number of names. A model's own sites have no
   * path. docs/inspect.md lists them.
   */
  sites: readonly string[];
  /** What to change during the run. Records contain the patched values. */
  patches?: Patches | undefined;
  /**
   * Makes a single number of the output. `gradients` of the result then holds its gradient over each recorded value: how
   * much it grows with each number there, if everything that follows follows.
   */
  gradients?: ((output: Output, record: ReadonlyMap<string, Tensor>) => Tensor) | undefined;
}

const checks: Checks<InspectOptions> = /* @__PURE__ */ knownAs(
  { options: ["sites hooks layers names", "gradients grad grads gradient backward"] },
  {
    sites: arrayOf(expectString, "an array of strings"),
    patches: patchesCheck,
    gradients: expectFunction,
  },
);

/**
 * Runs a model and records inner values. Recording changes results only by rounding, and only if attention scores or
 * weights are recorded, because they are then computed explicitly. `run` must pass its pass on, alone or spread into
 * another, `{ ...pass, mask }`, and return once the model has run. Values stay differentiable inside `valueAndGradients`.
 *
 * @throws RangeError for a site that no module of the model has, or that the run did not report; TypeError or
 * ShapeError for a patch that does not return a tensor of the same shape, or gradients of more than one number
 * @see Vig et al. 2020, Causal Mediation Analysis (arXiv 2004.12265), for the uses of recorded and patched values
 * @example
 * ```ts
 * import { gpt, sum } from "transformer-blocks";
 * import { inspect } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const { record, gradients } = inspect(model, (pass) => model.forward([[1, 2, 3]], pass), {
 *   sites: ["blocks.*.attention.weights"],
 *   gradients: (logits) => sum(logits),
 * });
 * [...record.keys()];                                // ["blocks.0.attention.weights", "blocks.1.attention.weights"]
 * record.get("blocks.0.attention.weights")?.shape;    // [1, 2, 3, 3]
 * gradients.get("blocks.0.attention.weights")?.shape; // [1, 2, 3, 3]
 * ```
 */
export function inspect<Output>(
  model: Module,
  run: (pass: Pass) => Output,
  options: InspectOptions<Output>,
): Inspected<Output> {
  checkOptions<InspectOptions<Output>>("inspect", options, checks as Checks<InspectOptions<Output>>, ["sites"]);
  return inspected("inspect", model, run, options);
}
