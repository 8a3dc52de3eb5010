import { type Check, expectBoolean, having, instanceOf, numberIn, wrongKind } from "../checks";
import type { Ids, Initial, Parameter, Tensor } from "../tensor";
import { epsilon, initial, type KindChecks, parameter, rate, size } from "./checks";
import { type Activation, activation } from "./feed-forward";
import { HeadTransform } from "./head-transform";
import { Module } from "./module";
import type { Pass, Sequence } from "./pass";
import { Pooler } from "./pooler";
import { TokenPooling, tokenPooling } from "./token-pooling";

interface CommonConfig {
  dModel: number;
  /** The share of the projection's input to zero in training. */
  dropout?: number | undefined;
  /** A layer before the projection. */
  transform?: HeadTransform | undefined;
  initial?: Initial | undefined;
}

interface VocabularyConfig extends CommonConfig {
  vocabSize: number;
  /** A bias for each token. */
  bias?: boolean | undefined;
  /** The weight of the token embedding, to share. */
  tied?: Parameter | undefined;
}

interface PooledConfig extends CommonConfig {
  /** One vector for each text; tanh(W h₀ + b) if omitted. */
  pooler?: Pooler | TokenPooling | undefined;
}

interface LabelConfig extends CommonConfig {
  labels: number;
  /** true if omitted. */
  bias?: boolean | undefined;
}

interface LanguageModelConfig extends VocabularyConfig {
  kind: "languageModel";
  /** What the scores are multiplied by. */
  scale?: number | undefined;
  /** Keeps scores s between −softcap and softcap: softcap · tanh(s / softcap). */
  softcap?: number | undefined;
}

interface MaskedLanguageModelConfig extends Omit<VocabularyConfig, "transform"> {
  kind: "maskedLanguageModel";
  /** The layer before the projection, or false for none; norm(f(W x + b)) if omitted. */
  transform?: HeadTransform | false | undefined;
  /** f of the usual transform; gelu if omitted. */
  activation?: Activation | undefined;
  epsilon?: number | undefined;
  /** A second head for the whole text, as in pre-training; `head.sentence.forward(hidden)` computes it. */
  sentence?: SentenceHead | undefined;
}

/** A head that scores whole texts, as an `OutputHead` does. */
export type SentenceHead = Module & { forward(hidden: Tensor<Sequence>, pass?: Pass, ids?: Ids): Tensor };

export interface SequenceClassConfig extends PooledConfig, LabelConfig {
  kind: "sequenceClass";
  /** Combines the scores of all tokens, instead of a `pooler` that combines their vectors. */
  scorePooling?: TokenPooling | undefined;
}

/** What a model predicts: the next token, a masked token, the class of a text or token, or the two ends of a span. */
export type OutputHeadConfig =
  | LanguageModelConfig
  | MaskedLanguageModelConfig
  | SequenceClassConfig
  | ({ kind: "nextSentence"; labels?: number | undefined } & PooledConfig)
  | ({ kind: "multipleChoice" } & PooledConfig)
  | ({ kind: "tokenClass" } & LabelConfig)
  | ({ kind: "replacedToken" | "questionAnswering" } & CommonConfig);

const transform: Check = instanceOf(HeadTransform, "a HeadTransform");
const pooler: Check = (where, name, value) => {
  if (!(value instanceof TokenPooling)) instanceOf(Pooler, "a Pooler or a TokenPooling")(where, name, value);
};

const common = { dModel: size, dropout: rate, transform, initial };
const vocabulary = { ...common, vocabSize: size, bias: expectBoolean, tied: parameter };
const pooled = { ...common, pooler };
const labelled = { ...common, labels: size, bias: expectBoolean };

export const headChecks: KindChecks<OutputHeadConfig> = {
  languageModel: {
    checks: { ...vocabulary, scale: numberIn(), softcap: numberIn({ above: 0 }) },
    required: ["dModel", "vocabSize"],
  },
  maskedLanguageModel: {
    checks: {
      ...{ ...vocabulary, activation, epsilon },
      transform: (where, name, value) => value === false || transform(where, name, value),
      sentence: (where, name, value) => {
        if (!(value instanceof Module)) throw wrongKind(where, name, "an OutputHead", value);
        having(["forward"], "an OutputHead")(where, name, value);
      },
    },
    required: ["dModel", "vocabSize"],
  },
  sequenceClass: {
    checks: { ...pooled, ...labelled, scorePooling: tokenPooling },
    required: ["dModel", "labels"],
  },
  nextSentence: { checks: { ...pooled, labels: size }, required: ["dModel"] },
  multipleChoice: { checks: pooled, required: ["dModel"] },
  tokenClass: { checks: labelled, required: ["dModel", "labels"] },
  replacedToken: { checks: common, required: ["dModel"] },
  questionAnswering: { checks: common, required: ["dModel"] },
};
