import { isRecord } from "../../fields";
import type { EncoderHead } from "../../models";
import type { ConfigObject } from "../config-fields";

/** The class of each head that `bert` makes. */
const architectures = {
  none: "BertModel",
  maskedLanguageModel: "BertForMaskedLM",
  sequenceClass: "BertForSequenceClassification",
  tokenClass: "BertForTokenClassification",
  questionAnswering: "BertForQuestionAnswering",
} as const satisfies Record<EncoderHead["kind"] | "none", string>;

/** The config fields of a head. */
export function headFields(head: EncoderHead | undefined, dropout: number): ConfigObject {
  const architecture = architectures[head?.kind ?? "none"];
  const labels =
    isRecord(head) && "labels" in head ? Array.from({ length: head.labels }, (_, i) => [i, `LABEL_${i}`]) : [];
  if (labels.length === 0) return { architectures: [architecture] };
  const label2id = Object.fromEntries(labels.map(([id, label]) => [label, id]));
  const own = isRecord(head) && "dropout" in head && head.dropout !== undefined && head.dropout !== dropout;
  const classifier = own ? { classifier_dropout: head.dropout } : {};
  return { architectures: [architecture], id2label: Object.fromEntries(labels), label2id, ...classifier };
}
