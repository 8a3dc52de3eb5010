import { isRecord } from "../fields";
import type { ConfigFields } from "./config-fields";

/** Their names of what a classifier's scores are, each with what makes shares of them. */
export const problems = {
  single_label_classification: "oneOfSeveral",
  multi_label_classification: "eachByItself",
  regression: "number",
} as const;

/**
 * The names of a classifier's classes: `id2label`, or as many as `num_labels` says; two unless either is there.
 *
 * @throws FormatError unless ids count from 0, and where `label2id` or `num_labels` says otherwise
 */
export function labelsOf(config: ConfigFields): string[] {
  const names = config.get("id2label");
  if (names === undefined) return Array.from({ length: config.size("num_labels", 2) }, (_, id) => `LABEL_${id}`);
  if (!isRecord(names) || Object.keys(names).length === 0)
    throw config.error("id2label", "an object from ids to labels");
  const given = new Map(Object.entries(names));
  const labels = Array.from(given, (_, id) => {
    const label = given.get(String(id));
    if (typeof label !== "string")
      throw config.error("id2label", `a label, a string, for each id from 0: none for ${id}`);
    return label;
  });
  if (config.whole("num_labels", labels.length) !== labels.length)
    throw config.error("num_labels", `${labels.length}, as id2label says`);
  checkIds(config, labels);
  return labels;
}

/** `label2id` may lack labels, but must not give those of `id2label` other ids. */
function checkIds(config: ConfigFields, labels: readonly string[]): void {
  const ids = config.object("label2id");
  for (const [id, label] of labels.entries()) {
    const other = ids.get(label);
    if (other !== undefined && Number(other) !== id && labels.indexOf(label) === id)
      throw config.error("label2id", `${id} for ${JSON.stringify(label)}, as id2label says`);
  }
}
