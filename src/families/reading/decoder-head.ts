import { type Embedding, type HeadTransform, OutputHead, TokenPooling } from "../../blocks";
import type { Initial } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import { labelsOf, problems } from "../labels";
import { layer, type NameRule } from "../name-map";

export interface DecoderHeadConfig {
  dModel: number;
  vocabSize: number;
  embedding: Embedding;
  /** Whether a language model's head shares the embedding's weight. */
  tied: boolean;
  padToken: number | undefined;
  initial: Initial;
  /** Options of a language model's head. */
  languageModel?:
    | {
        scale?: number | undefined;
        softcap?: number | undefined;
        bias?: boolean | undefined;
        transform?: HeadTransform | undefined;
      }
    | undefined;
  /** Options of a head that scores whole texts. */
  classifier?:
    | { bias?: boolean | undefined; dropout?: number | undefined; transform?: HeadTransform | undefined }
    | undefined;
}

/**
 * The head of a decoder that its class names. A classifier of whole texts scores the last token that is not padding.
 *
 * @throws FormatError for labels that contradict each other
 */
export function decoderHead(config: ConfigFields, options: DecoderHeadConfig): OutputHead | undefined {
  const { dModel, vocabSize, embedding, tied, padToken, initial, languageModel, classifier } = options;
  switch (config.head) {
    case "languageModel": {
      const own = tied ? { tied: embedding.weight } : { initial };
      return new OutputHead({ kind: "languageModel", dModel, vocabSize, ...languageModel, ...own });
    }
    case "sequenceClass": {
      const labels = labelsOf(config).length;
      config.choice("problem_type", problems, "single_label_classification");
      const scorePooling = new TokenPooling({ kind: "last", skip: padToken });
      return new OutputHead({
        kind: "sequenceClass",
        dModel,
        labels,
        bias: false,
        scorePooling,
        initial,
        ...classifier,
      });
    }
    case "tokenClass": {
      const dropout = config.rate("classifier_dropout", config.rate("hidden_dropout", 0.1));
      return new OutputHead({ kind: "tokenClass", dModel, labels: labelsOf(config).length, dropout, initial });
    }
    case "questionAnswering":
      return new OutputHead({ kind: "questionAnswering", dModel, initial });
    default:
      return undefined;
  }
}

/** The names of a decoder's head. */
export function decoderHeadNames(kind: string | undefined): NameRule[] {
  const theirs = { sequenceClass: "score", tokenClass: "score", questionAnswering: "qa_outputs" };
  return layer("head.projection", (kind !== undefined && new Map(Object.entries(theirs)).get(kind)) || "lm_head");
}
