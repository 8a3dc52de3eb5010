import type { Module, Pass, Sequence, SequenceLayer } from "../blocks";
import { checkPass, expectModule } from "../blocks/internal";
import type { Ids, Tensor } from "../tensor";
import { inspected } from "./inspected";

/** The parts of a decoder that the lens needs. `DecoderModel` has them. */
export type LensModel = Module & {
  readonly blocks: readonly Module[];
  readonly norm?: SequenceLayer | undefined;
  readonly head?: (Module & { forward(hidden: Tensor<Sequence>): Tensor }) | undefined;
  /** The last hidden state [batch, seq, dModel]. */
  hidden(ids: Ids, pass?: Pass): Tensor<Sequence>;
};

/** What one layer would predict. */
export interface LayerLogits {
  /** Counted from 0, as in `blocks.0`. */
  layer: number;
  logits: Tensor<readonly [batch: number, seq: number, vocabSize: number]>;
}

/**
 * What each layer would predict: head(norm(hₗ)) for the output hₗ of every block. The last one is the model's own
 * output.
 *
 * @throws TypeError for a model without these parts; RangeError for a block that does not report its output
 * @see nostalgebraist 2020, interpreting GPT: the logit lens; Belrose et al. 2023 (arXiv 2303.08112), section 2
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { logitLens } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * logitLens(model, [[1, 2, 3]]).map(({ layer, logits }) => [layer, ...logits.shape]); // [[0, 1, 3, 8], [1, 1, 3, 8]]
 * ```
 */
export function logitLens(model: LensModel, ids: Ids, pass: Pass = {}): LayerLogits[] {
  const head = headOf("logitLens", model);
  checkPass("logitLens", pass, { tap: "logitLens sets it; omit it" });
  const run = (inner: Pass) => model.hidden(ids, { ...pass, ...inner });
  const { record } = inspected("logitLens", model, run, { sites: ["blocks.*.output"] });
  return model.blocks.map((_, layer) => {
    const h = record.get(`blocks.${layer}.output`);
    if (h === undefined)
      throw new RangeError(
        `logitLens: blocks.${layer} did not report its output; end its forward with tap(pass, this, "output", x)`,
      );
    const state = h as Tensor<Sequence>;
    const logits = head.forward(model.norm ? model.norm.forward(state) : state);
    return { layer, logits: logits as Tensor<Sequence> };
  });
}

/** The head of a model that has the parts of a decoder. @param where the function to name in errors */
export function headOf(where: string, model: unknown): NonNullable<LensModel["head"]> {
  expectModule(where, "model", model);
  const { blocks, hidden, head } = model as Partial<LensModel>;
  const missing = !Array.isArray(blocks) ? "blocks" : typeof hidden !== "function" ? "hidden(ids, pass)" : "head";
  if (missing === "head" && typeof head?.forward === "function") return head;
  throw new TypeError(
    `${where}: the model has no ${missing}; it needs blocks, head and hidden(ids, pass), as a DecoderModel has`,
  );
}
