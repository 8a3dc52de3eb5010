import { isRecord } from "../fields";
import type { ConfigFields } from "./config-fields";

/** The `problem_type`s of a classifier, each with the function that turns logits into scores. */
export const problems = {
  single_label_classification: "oneOfSeveral",
  multi_label_classification: "eachByItself",
  regression: "number",
} as const;

/**
 * The class names of a classifier: `id2label`, else `num_labels` generated names; `usual` of them if both are absent.
 *
 * @throws FormatError unless ids count from 0 and match `label2id` and `num_labels`
 */
export function labelsOf(config: ConfigFields, usual = 2): string[] {
  const names = config.get("id2label");
  if (names === undefined) return Array.from({ length: config.size("num_labels", usual) }, (_, id) => `LABEL_${id}`);
  if (!isRecord(names) || Object.keys(names).length === 0)
    throw config.error("id2label", "an object from ids to labels");
  const given = new Map(Object.entries(names));
  const labels = Array.from(given, (_, id) => {
    const label = given.get(String(id));
    if (typeof label !== "string") throw config.error("id2label", `a string label for each id from 0; ${id} has none`);
    return label;
  });
  if (config.whole("num_labels", labels.length) !== labels.length)
    throw config.error("num_labels", `${labels.length}, the number of labels in id2label`);
  checkIds(config, labels);
  return labels;
}

/** `label2id` may omit labels, but must not contradict `id2label`. */
function checkIds(config: ConfigFields, labels: readonly string[]): void {
  const ids = config.object("label2id");
  for (const [id, label] of labels.entries()) {
    const other = ids.get(label);
    if (other !== undefined && Number(other) !== id && labels.indexOf(label) === id)
      throw config.error("label2id", `${id} for ${JSON.stringify(label)}, as in id2label`);
  }
}
