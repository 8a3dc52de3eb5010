import { sigmoid, softmax, type Tensor } from "../tensor";
import { inBatches } from "./batches";
import type { Loaded } from "./loaded";
import { headedOf } from "./pretrained";
import type { SignalOptions } from "./signal";
import { fittingOf, type LengthOptions } from "./windows";

/** A class with its probability, from `classify`. */
export interface Label {
  label: string;
  /** The probability, 0 to 1; the raw number if config.problem_type is "regression". */
  score: number;
}

/** A text, alone or with a second one, and how errors call its place. */
interface Row {
  readonly where: string;
  readonly text: string;
  readonly pair: string | undefined;
}

interface Options extends LengthOptions, SignalOptions {
  top: number | undefined;
}

/** The classes of each text, highest score first. */
export async function classified(
  pretrained: Loaded,
  texts: readonly Row[],
  { top, truncation, signal }: Options,
): Promise<Label[][]> {
  const model = headedOf("classify", pretrained, "sequenceClass");
  const limited = { tokenizer: pretrained.tokenizer, limit: model.limit };
  const rows = texts.map(({ where, text, pair }) => {
    const row = fittingOf(where, limited, text, { pair, truncation });
    if (row.ids.length === 0) throw new RangeError(`${where}: the text has no tokens`);
    return row;
  });
  const { problem_type: problem, id2label } = pretrained.config ?? {};
  const names = id2label as Record<string, string> | undefined;
  return inBatches(pretrained, rows, {
    run: (ids, pass) => scoresOf(model.forward(ids, pass), problem),
    read: (scores) =>
      Array.from(scores, (score, i) => ({ label: names?.[i] ?? `LABEL_${i}`, score }))
        .sort((a, b) => b.score - a.score)
        .slice(0, top),
    signal,
  });
}

/** [batch, labels] → the same */
function scoresOf(logits: Tensor, problem: unknown): Tensor {
  if (problem === "regression") return logits;
  const labels = logits.shape.at(-1);
  return problem === "multi_label_classification" || labels === 1 ? sigmoid(logits) : softmax(logits);
}
