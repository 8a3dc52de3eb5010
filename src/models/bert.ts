import { Embedding, EncoderBlock, OutputHead, Pooler } from "../blocks";
import { checkKind, type KindChecks, rate, size } from "../blocks/internal";
import { type Checks, checkOptions, expectBoolean } from "../checks";
import type { EncoderConfig, EncoderHead } from "./configs";
import { EncoderModel } from "./encoder-model";
import { built, type InitializeOptions, initializeChecks } from "./factory";
import {
  blockConfigOf,
  checkConfig,
  commonParts,
  embeddingOf,
  initialOf,
  modelChecks,
  normOf,
  owned,
} from "./flat-config";

const labelled = { checks: { labels: size, dropout: rate }, required: ["labels"] } as const;

const headChecks: KindChecks<EncoderHead> = {
  maskedLanguageModel: { checks: {}, required: [] },
  sequenceClass: labelled,
  tokenClass: labelled,
  questionAnswering: { checks: {}, required: [] },
};

const checks: Checks<EncoderConfig> = {
  ...modelChecks,
  typeVocabSize: size,
  embeddingNorm: expectBoolean,
  pooler: expectBoolean,
  head: (where, _, head) => checkKind(`${where}: head`, head as EncoderHead, headChecks),
};

/** An EncoderModel of the parts that `bert` makes. */
export type Bert = EncoderModel & {
  readonly embedding: Embedding;
  readonly blocks: readonly EncoderBlock[];
  readonly pooler: Pooler | undefined;
  readonly head: OutputHead | undefined;
};

/**
 * An encoder in the style of BERT: post-norm, learned positions, two token types, exact GELU, a pooler unless its head
 * does not use one.
 *
 * @see Devlin et al. 2018, BERT (arXiv 1810.04805)
 * @example
 * ```ts
 * import { bert } from "transformer-blocks";
 * const model = bert({ vocabSize: 100, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
 * model.forward([[1, 2, 3]], { mask: [[1, 1, 0]] }).shape; // [1, 3, 16]
 * ```
 */
export function bert(config: EncoderConfig, options: InitializeOptions = {}): Bert {
  checkConfig("bert", config, checks);
  checkOptions("bert", options, initializeChecks);
  const pooler = config.head === undefined || config.head.kind === "sequenceClass";
  const defaults = { norm: "post", activation: "gelu", typeVocabSize: 2, embeddingNorm: true, epsilon: 1e-12 } as const;
  const whole = owned({ ...defaults, pooler, ...config });
  return built(encoderOf(whole), { factory: "bert", config: whole }, options);
}

export function encoderOf(config: EncoderConfig): Bert {
  const { dModel, layers, typeVocabSize } = config;
  const initial = initialOf(config);
  const embedding = embeddingOf(config);
  const blockConfig = blockConfigOf(config);
  const pooler = config.pooler ? new Pooler({ dModel, initial }) : undefined;
  return new EncoderModel({
    ...commonParts(config),
    embedding,
    types: typeVocabSize ? new Embedding({ vocabSize: typeVocabSize, dModel, initial }) : undefined,
    embeddingNorm: config.embeddingNorm ? normOf(config) : undefined,
    blocks: Array.from({ length: layers }, () => new EncoderBlock(blockConfig)),
    norm: config.norm === "pre" ? normOf(config) : undefined,
    pooler,
    head: config.head && headOf(config, config.head, embedding, pooler),
  }) as Bert;
}

function headOf(
  config: EncoderConfig,
  head: EncoderHead,
  { weight: tied }: Embedding,
  pooler: Pooler | undefined,
): OutputHead {
  const { dModel, dropout, vocabSize, epsilon, activation } = config;
  const common = { dModel, dropout, initial: initialOf(config) };
  // As in the reference, only classifiers apply dropout to their input.
  if (head.kind === "maskedLanguageModel")
    return new OutputHead({ ...common, ...head, dropout: 0, vocabSize, epsilon, activation, tied });
  if (head.kind === "questionAnswering") return new OutputHead({ ...common, ...head, dropout: 0 });
  return new OutputHead(head.kind === "sequenceClass" ? { ...common, ...head, pooler } : { ...common, ...head });
}
