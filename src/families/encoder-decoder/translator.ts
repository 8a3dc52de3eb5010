import { OutputHead, Pooler, TokenPooling } from "../../blocks";
import type { ModelFacts, ScoreLayer } from "../../models";
import type { Initial } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import { labelsOf } from "../labels";
import { layer, type NameRule } from "../name-map";

/** Whether the checkpoint has a tensor of this name. */
export type Has = (theirs: string) => boolean;

/** The tokens that transformers takes if config.json names none. */
export interface UsualTokens {
  pad?: number | undefined;
  end?: number | undefined;
  start?: number | undefined;
  begin?: number | undefined;
}

/** The tokens of a model, for generation. Those outside the vocabulary are dropped: their vectors are never looked up. */
export function tokensOf(config: ConfigFields, vocabSize: number, usual: UsualTokens) {
  const known = (token: number | undefined) => (token !== undefined && token < vocabSize ? token : undefined);
  return {
    endTokens: config.endTokens(usual.end).filter((token) => token < vocabSize),
    padToken: known(config.token("pad_token_id", usual.pad)),
  } satisfies Partial<ModelFacts>;
}

/** The token that every target starts with: `decoder_start_token_id`, or else `bos_token_id`. */
export const startTokenOf = (config: ConfigFields, { start, begin }: UsualTokens): number | undefined =>
  config.token("decoder_start_token_id", start) ?? config.token("bos_token_id", begin);

/** The head that scores the whole source, if the config names one: the vector of its last end token, or every token's. */
export function wholeHead(
  config: ConfigFields,
  { dModel, initial, end, labels }: { dModel: number; initial: Initial; end: number; labels?: number | undefined },
): ScoreLayer | undefined {
  if (config.head === "questionAnswering") return new OutputHead({ kind: "questionAnswering", dModel, initial });
  if (config.head !== "sequenceClass") return undefined;
  const [only] = config.endTokens(end);
  if (only === undefined)
    throw config.error("eos_token_id", "a token, because the class is that of the last end token");
  const dropout = config.rate("classifier_dropout", 0);
  const pooler = new Pooler({ dModel, dropout, initial, pooling: new TokenPooling({ kind: "last", only }) });
  return new OutputHead({
    kind: "sequenceClass",
    dModel,
    labels: labelsOf(config, labels).length,
    pooler,
    dropout,
    initial,
  });
}

/** The names of that head. */
export const wholeHeadNames: readonly NameRule[] = [
  ...layer("head.pooler.dense", "classification_head.dense"),
  ...layer("head.projection", "classification_head.out_proj"),
];
