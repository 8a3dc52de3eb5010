import { isRecord } from "../../fields";
import type { EncoderHead } from "../../models";
import type { ConfigFields, ConfigObject } from "../config-fields";
import { labelsOf, problems } from "../labels";
import { layer, type NameRule } from "../name-map";

type Kind = EncoderHead["kind"] | undefined;

/** The head of each model class. */
const architectures = {
  BertModel: undefined,
  BertForMaskedLM: "maskedLanguageModel",
  BertForPreTraining: "maskedLanguageModel",
  BertForSequenceClassification: "sequenceClass",
  BertForTokenClassification: "tokenClass",
  BertForQuestionAnswering: "questionAnswering",
} as const satisfies Record<string, Kind>;

/** The names of a head's parameters. */
export function headNames(kind: string | undefined): NameRule[] {
  if (kind === undefined) return [];
  if (kind !== "maskedLanguageModel")
    return layer("head.projection", kind === "questionAnswering" ? "qa_outputs" : "classifier");
  return [
    ...layer("head.transform.dense", "cls.predictions.transform.dense"),
    ...layer("head.transform.norm", "cls.predictions.transform.LayerNorm"),
    { ours: "head.projection.bias", theirs: "cls.predictions.bias" },
  ];
}

/** The head that a checkpoint's architecture names. */
export const headKind = (config: ConfigFields): Kind => config.architecture<Kind>(architectures, "BertModel");

export function headOf(kind: Kind, config: ConfigFields): EncoderHead | undefined {
  if (kind !== "sequenceClass" && kind !== "tokenClass") return kind && { kind };
  const labels = labelsOf(config).length;
  const dropout = config.rate("classifier_dropout", config.rate("hidden_dropout_prob", 0.1));
  if (kind === "sequenceClass") {
    const problem = config.choice("problem_type", problems, "single_label_classification");
    if (problem === "oneOfSeveral" && labels === 1 && config.get("problem_type") !== undefined)
      throw config.error("problem_type", '"regression" or "multi_label_classification", because there is one label');
  }
  return { kind, labels, dropout };
}

/** The config fields of a head. */
export function headFields(head: EncoderHead | undefined, dropout: number): ConfigObject {
  const architecture = Object.entries(architectures).find(([, kind]) => kind === head?.kind)?.[0];
  const labels =
    isRecord(head) && "labels" in head ? Array.from({ length: head.labels }, (_, i) => [i, `LABEL_${i}`]) : [];
  if (labels.length === 0) return { architectures: [architecture] };
  const label2id = Object.fromEntries(labels.map(([id, label]) => [label, id]));
  const own = isRecord(head) && "dropout" in head && head.dropout !== undefined && head.dropout !== dropout;
  const classifier = own ? { classifier_dropout: head.dropout } : {};
  return { architectures: [architecture], id2label: Object.fromEntries(labels), label2id, ...classifier };
}
