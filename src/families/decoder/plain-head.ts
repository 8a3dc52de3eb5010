import { Embedding, OutputHead, TokenPooling } from "../../blocks";
import type { DecoderModel, TokenLayer } from "../../models";
import type { Initial, Parameter } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Spelling } from "../family";
import { labelsOf } from "../labels";
import { layer, type NameRule } from "../name-map";

export interface HeadFacts {
  vocabSize: number;
  dModel: number;
  /** The width of what the head gets; dModel if omitted. */
  headWidth?: number | undefined;
  /** Whether scores of tokens have a bias; false if omitted. */
  headBias?: boolean | undefined;
  /** Whether the head shares the embedding's weight if the config does not say; true if omitted. */
  tied?: boolean | undefined;
  /** The dropout of a classifier of tokens if neither `classifier_dropout` nor `hidden_dropout` is given; 0.1 if omitted. */
  classifierDropout?: number | undefined;
  embedding: TokenLayer;
  padToken: number | undefined;
  initial: Initial;
}

/** The head of the class that the config names; undefined for the bare model. */
export function plainHead(config: ConfigFields, facts: HeadFacts): OutputHead | undefined {
  const { vocabSize, dModel: width, headWidth: dModel = width, padToken: skip, initial } = facts;
  const kind = config.head;
  switch (kind) {
    case "languageModel": {
      const tied = config.boolean("tie_word_embeddings", facts.tied ?? true) ? tableOf(facts.embedding) : undefined;
      return new OutputHead({
        kind,
        dModel,
        vocabSize,
        bias: facts.headBias,
        tied,
        initial: tied ? undefined : initial,
      });
    }
    case "sequenceClass": {
      const scorePooling = new TokenPooling({ kind: "last", skip });
      return new OutputHead({ kind, dModel, labels: labelsOf(config).length, bias: false, scorePooling, initial });
    }
    case "tokenClass": {
      const dropout = config.rate("classifier_dropout", config.rate("hidden_dropout", facts.classifierDropout ?? 0.1));
      return new OutputHead({ kind, dModel, labels: labelsOf(config).length, dropout, initial });
    }
    case "questionAnswering":
      return new OutputHead({ kind, dModel, initial });
    default:
      return undefined;
  }
}

/** The weight of the table of token vectors. */
function tableOf(embedding: TokenLayer): Parameter {
  for (const part of embedding.modules().values()) if (part instanceof Embedding) return part.weight;
  throw new TypeError("the embedding has no table to share");
}

/** The names of heads in checkpoints. */
const names = {
  languageModel: "lm_head",
  sequenceClass: "score",
  tokenClass: "classifier",
  questionAnswering: "qa_outputs",
} as const;

/**
 * How the names of a plain decoder are spelled: those of all but the head begin with a prefix.
 *
 * @param table the name of the embedding, which the head's weight may be tied to
 */
export const plainSpelling = (
  prefix: string,
  table: string,
  { head = "lm_head", ignored }: { head?: string; ignored?: readonly string[] } = {},
): Spelling => ({
  prefix: { text: prefix, outside: [...Object.values(names), head].map((name) => `${name}.`) },
  tied: Object.fromEntries([names.languageModel, head].map((name) => [`${name}.weight`, `${prefix}${table}.weight`])),
  ignored,
});

/** The names of the head's parameters. */
export function headNames({ head }: DecoderModel, languageModel = "lm_head"): NameRule[] {
  const theirs = Object.entries({ ...names, languageModel }).find(([kind]) => kind === head?.kind)?.[1];
  return theirs === undefined ? [] : layer("head.projection", theirs);
}
