import { dropout, type Ids, multiply, type RankedTensor, reshape, type Tensor, tanh } from "../tensor";
import { checkKind, expectSequence } from "./checks";
import { HeadTransform } from "./head-transform";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { headChecks, type OutputHeadConfig, type SentenceHead, type SequenceClassConfig } from "./output-head-config";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { Pooler } from "./pooler";
import type { TokenPooling } from "./token-pooling";

/**
 * Turns the last hidden state [batch, seq, dModel] into scores:
 *
 * - `languageModel` and `maskedLanguageModel` [batch, seq, vocabSize];
 * - `sequenceClass` [batch, labels]; `nextSentence` [batch, 2]; `multipleChoice` [batch, 1], a row for each choice;
 * - `tokenClass` [batch, seq, labels]; `replacedToken` [batch, seq]; `questionAnswering` [batch, seq, 2] (start, end).
 *
 * `tied` shares the weight of the token embedding. Reports `logits`.
 *
 * @see Press and Wolf 2016 (arXiv 1608.05859) for tied weights; Devlin et al. 2018 (arXiv 1810.04805) for BERT's heads;
 * Clark et al. 2020 (arXiv 2003.10555) for replaced tokens
 */
export class OutputHead extends Module {
  readonly kind: OutputHeadConfig["kind"];
  readonly pooler: Pooler | TokenPooling | undefined;
  readonly transform: HeadTransform | undefined;
  readonly projection: Linear;
  readonly scorePooling: TokenPooling | undefined;
  readonly sentence: SentenceHead | undefined;
  readonly scale: number;
  readonly softcap: number | undefined;
  readonly dropout: number;

  constructor(config: OutputHeadConfig) {
    super();
    checkKind("OutputHead", config, headChecks);
    this.kind = config.kind;
    this.dropout = config.dropout ?? 0;
    this.pooler = poolerOf(config);
    this.transform = transformOf(config);
    this.projection = projectionOf(config, this.transform?.width ?? config.dModel);
    if (config.kind === "sequenceClass") this.scorePooling = config.scorePooling;
    if (config.kind === "maskedLanguageModel") this.sentence = config.sentence;
    const { scale = 1, softcap } = config.kind === "languageModel" ? config : {};
    this.scale = scale;
    this.softcap = softcap;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /**
   * The last hidden state [batch, seq, dModel] → scores.
   *
   * @param ids the tokens [batch][seq], for a pooling that leaves out padding by its id
   */
  forward(hidden: Tensor<Sequence>, pass?: Pass, ids?: Ids): Tensor;
  forward(hidden: RankedTensor<Sequence>, pass?: Pass, ids?: Ids): Tensor;
  forward(hidden: RankedTensor<Sequence>, pass: Pass = {}, ids?: Ids): Tensor {
    expectSequence("OutputHead", "hidden", hidden);
    checkPass("OutputHead", pass);
    let x: Tensor = this.pooler ? this.pooler.forward(hidden, pass, ids) : hidden;
    if (this.transform) x = this.transform.forward(x, pass);
    if (pass.rng) x = dropout(x, { rate: this.dropout, random: pass.rng });
    x = this.projection.forward(x);
    if (this.scorePooling) x = this.scorePooling.forward(x as Tensor<Sequence>, pass, ids);
    if (this.kind === "replacedToken") x = reshape(x, x.shape.slice(0, -1));
    return tap(pass, this, "logits", this.#limit(x));
  }

  #limit(scores: Tensor): Tensor {
    const scaled = this.scale === 1 ? scores : multiply(scores, this.scale);
    return this.softcap === undefined ? scaled : multiply(tanh(multiply(scaled, 1 / this.softcap)), this.softcap);
  }
}

function poolerOf(config: OutputHeadConfig): Pooler | TokenPooling | undefined {
  if (!("pooler" in config) && !["sequenceClass", "nextSentence", "multipleChoice"].includes(config.kind))
    return undefined;
  const { dModel, initial, pooler, scorePooling } = config as SequenceClassConfig;
  if (scorePooling && pooler) throw new TypeError("OutputHead: pooler has no effect if scorePooling is given");
  return scorePooling ? undefined : (pooler ?? new Pooler({ dModel, initial }));
}

function transformOf(config: OutputHeadConfig): HeadTransform | undefined {
  if (config.kind !== "maskedLanguageModel") return config.transform;
  const { dModel, activation, epsilon, initial, transform } = config;
  for (const name of ["activation", "epsilon"] as const)
    if (transform !== undefined && config[name] !== undefined)
      throw new TypeError(`OutputHead: ${name} has no effect if transform is given`);
  return transform === false ? undefined : (transform ?? new HeadTransform({ dModel, activation, epsilon, initial }));
}

function projectionOf(config: OutputHeadConfig, inFeatures: number): Linear {
  const { initial } = config;
  switch (config.kind) {
    case "languageModel":
    case "maskedLanguageModel": {
      const { kind, vocabSize: outFeatures, bias = kind === "maskedLanguageModel", tied: weight } = config;
      if (kind === "languageModel" && weight && initial)
        throw new TypeError("OutputHead: initial has no effect if tied is given");
      return new Linear({ inFeatures, outFeatures, bias, weight, initial: weight ? undefined : initial });
    }
    case "sequenceClass":
    case "tokenClass":
      return new Linear({ inFeatures, outFeatures: config.labels, bias: config.bias, initial });
    case "nextSentence":
      return new Linear({ inFeatures, outFeatures: config.labels ?? 2, initial });
    case "questionAnswering":
      return new Linear({ inFeatures, outFeatures: 2, initial });
    case "multipleChoice":
    case "replacedToken":
      return new Linear({ inFeatures, outFeatures: 1, initial });
  }
}
