import { type Embedding, type HeadTransform, OutputHead, type Pooler, type TokenPooling } from "../../blocks";
import type { ConfigFields } from "../config-fields";
import { labelsOf, problems } from "../labels";
import type { EncoderSizes } from "./encoder-sizes";

/** What differs between the heads of families. */
export interface EncoderHeadParts {
  /** Before the projection of a masked language model; BERT's, norm(f(W x + b)), if omitted. */
  masked?: HeadTransform | false | undefined;
  /** A bias of that projection; true if omitted. */
  maskedBias?: boolean | undefined;
  /**
   * Whether the projection takes the weights of the embedding if `tie_word_embeddings` is absent, or always; true if
   * omitted.
   */
  tied?: boolean | "always" | undefined;
  /** One vector of a text, for heads of whole texts; tanh(W h₀ + b) if omitted. */
  pooler?: Pooler | TokenPooling | undefined;
  /** Combines the scores of tokens, for classes. */
  scorePooling?: TokenPooling | undefined;
  /** Before the projection of all other heads. */
  transform?: HeadTransform | undefined;
  /** The classes of the head for whole texts in pre-training; 2 if omitted. */
  sentenceLabels?: number | undefined;
  /** Before the projection, in training; `classifier_dropout` if omitted. */
  dropout?: number | undefined;
  /** The same for the two ends of a span; 0 if omitted. */
  spanDropout?: number | undefined;
}

/** The head that a checkpoint's class has. */
export function headOf(
  config: ConfigFields,
  sizes: EncoderSizes,
  embedding: Embedding,
  {
    masked,
    maskedBias,
    tied = true,
    pooler,
    scorePooling,
    transform,
    sentenceLabels,
    dropout,
    spanDropout,
  }: EncoderHeadParts,
): OutputHead | undefined {
  const { dModel, vocabSize, initial, activation, epsilon } = sizes;
  const common = { dModel, initial, transform };
  const rate = dropout ?? config.rate("classifier_dropout", sizes.dropout);
  const kind = config.head;
  switch (kind) {
    case "maskedLanguageModel":
    case "preTraining": {
      const sentence = () => new OutputHead({ ...common, kind: "nextSentence", pooler, labels: sentenceLabels });
      return new OutputHead({
        ...{ kind: "maskedLanguageModel", dModel, vocabSize, initial, bias: maskedBias },
        ...(masked === undefined ? { activation, epsilon } : { transform: masked }),
        tied: tied === "always" || config.boolean("tie_word_embeddings", tied) ? embedding.weight : undefined,
        sentence: kind === "preTraining" ? sentence() : undefined,
      });
    }
    case "sequenceClass":
      checkProblem(config);
      return new OutputHead({ ...common, kind, pooler, scorePooling, labels: labelsOf(config).length, dropout: rate });
    case "tokenClass":
      return new OutputHead({ ...common, kind, labels: labelsOf(config).length, dropout: rate });
    case "multipleChoice":
      return new OutputHead({ ...common, kind, pooler, dropout: rate });
    case "nextSentence":
      return new OutputHead({ ...common, kind, pooler });
    case "questionAnswering":
      if (labelsOf(config).length !== 2) throw config.error("id2label", "two labels, for the start and the end");
      return new OutputHead({ ...common, kind, dropout: spanDropout });
    case "replacedToken":
      return new OutputHead({ ...common, kind });
    default:
      return undefined;
  }
}

function checkProblem(config: ConfigFields): void {
  const problem = config.choice("problem_type", problems, "single_label_classification");
  if (problem === "oneOfSeveral" && labelsOf(config).length === 1 && config.get("problem_type") !== undefined)
    throw config.error("problem_type", '"regression" or "multi_label_classification", because there is one label');
}
