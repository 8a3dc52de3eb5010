import { type Checks, checkOptions, expectBoolean, instanceOf } from "../checks";
import { dropout, type Initial, type Parameter, reshape, slice, type Tensor, tanh } from "../tensor";
import { checkKind, epsilon, expectSequence, initial, type KindChecks, parameter, rate, size } from "./checks";
import { type Activation, activated, activation } from "./feed-forward";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { LayerNorm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";

/** What a model predicts: the next token, a masked token, the class of a text or token, or the two ends of a span. */
export type OutputHeadConfig = { dModel: number; dropout?: number | undefined; initial?: Initial | undefined } & (
  | { kind: "languageModel"; vocabSize: number; bias?: boolean | undefined; tied?: Parameter | undefined }
  | {
      kind: "maskedLanguageModel";
      vocabSize: number;
      activation?: Activation | undefined;
      epsilon?: number | undefined;
      tied?: Parameter | undefined;
    }
  | { kind: "sequenceClass"; labels: number; pooler?: Pooler | undefined }
  | { kind: "tokenClass"; labels: number }
  | { kind: "questionAnswering" }
);

/**
 * Turns the last hidden state [batch, seq, dModel] into scores: `languageModel` and `maskedLanguageModel` [batch, seq,
 * vocabSize], `sequenceClass` [batch, labels], `tokenClass` [batch, seq, labels], `questionAnswering` [batch, seq, 2]
 * (start, end).
 *
 * `tied` shares the weight of the token embedding. Reports `logits`.
 *
 * @see Press and Wolf 2016 (arXiv 1608.05859) for tied weights; Devlin et al. 2018 (arXiv 1810.04805) for BERT's heads
 */
export class OutputHead extends Module {
  readonly kind: OutputHeadConfig["kind"];
  readonly pooler: Pooler | undefined;
  readonly transform: HeadTransform | undefined;
  readonly projection: Linear;
  readonly dropout: number;

  constructor(config: OutputHeadConfig) {
    super();
    checkKind("OutputHead", config, headChecks);
    this.kind = config.kind;
    this.dropout = config.dropout ?? 0;
    const { dModel, initial } = config;
    if (config.kind === "sequenceClass") this.pooler = config.pooler ?? new Pooler({ dModel, initial });
    if (config.kind === "maskedLanguageModel") {
      const { activation, epsilon } = config;
      this.transform = new HeadTransform({ dModel, activation, epsilon, initial });
    }
    this.projection = projectionOf(config);
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(hidden: Tensor<Sequence>, pass: Pass = {}): Tensor {
    expectSequence("OutputHead", "hidden", hidden);
    checkPass("OutputHead", pass);
    let x: Tensor = this.pooler ? this.pooler.forward(hidden) : hidden;
    if (this.transform) x = this.transform.forward(x);
    if (pass.rng) x = dropout(x, { rate: this.dropout, random: pass.rng });
    return tap(pass, this, "logits", this.projection.forward(x));
  }
}

const common = { dModel: size, dropout: rate, initial };
const labelled = { checks: { ...common, labels: size }, required: ["dModel", "labels"] } as const;

const headChecks: KindChecks<OutputHeadConfig> = {
  languageModel: {
    checks: { ...common, vocabSize: size, bias: expectBoolean, tied: parameter },
    required: ["dModel", "vocabSize"],
  },
  maskedLanguageModel: {
    checks: { ...common, vocabSize: size, activation, epsilon, tied: parameter },
    required: ["dModel", "vocabSize"],
  },
  sequenceClass: {
    ...labelled,
    checks: { ...labelled.checks, pooler: (...value) => instanceOf(Pooler, "a Pooler")(...value) },
  },
  tokenClass: labelled,
  questionAnswering: { checks: common, required: ["dModel"] },
};

function projectionOf(config: OutputHeadConfig): Linear {
  const { dModel: inFeatures, initial } = config;
  switch (config.kind) {
    case "languageModel": {
      const { vocabSize: outFeatures, bias = false, tied: weight } = config;
      if (weight && initial) throw new TypeError("OutputHead: initial has no effect if tied is given");
      return new Linear({ inFeatures, outFeatures, bias, weight, initial });
    }
    case "maskedLanguageModel": {
      const { vocabSize: outFeatures, tied: weight } = config;
      return new Linear({ inFeatures, outFeatures, weight, initial: weight ? undefined : initial });
    }
    case "sequenceClass":
    case "tokenClass":
      return new Linear({ inFeatures, outFeatures: config.labels, initial });
    case "questionAnswering":
      return new Linear({ inFeatures, outFeatures: 2, initial });
  }
}

export interface PoolerConfig {
  dModel: number;
  initial?: Initial | undefined;
}

const poolerChecks: Checks<PoolerConfig> = { dModel: size, initial };

/** tanh(W x₀ + b) of the first token: [batch, seq, dModel] → [batch, dModel]. @see Devlin et al. 2018, section 3 */
export class Pooler extends Module {
  readonly dense: Linear;

  constructor(config: PoolerConfig) {
    super();
    checkOptions("Pooler", config, poolerChecks, ["dModel"]);
    this.dense = new Linear({ inFeatures: config.dModel, outFeatures: config.dModel, initial: config.initial });
  }

  forward(hidden: Tensor<Sequence>): Tensor<readonly [batch: number, dModel: number]> {
    expectSequence("Pooler", "hidden", hidden);
    const [batch, , dModel] = hidden.shape;
    const first = reshape(slice(hidden, { axis: 1, end: 1 }), [batch, dModel]);
    return tanh(this.dense.forward(first));
  }
}

export interface HeadTransformConfig extends PoolerConfig {
  activation?: Activation | undefined;
  epsilon?: number | undefined;
}

const transformChecks: Checks<HeadTransformConfig> = { ...poolerChecks, activation, epsilon };

/** norm(f(W x + b)), before a masked language model's projection. */
export class HeadTransform extends Module {
  readonly dense: Linear;
  readonly norm: LayerNorm;
  readonly activation: Activation;

  constructor(config: HeadTransformConfig) {
    super();
    checkOptions("HeadTransform", config, transformChecks, ["dModel"]);
    this.dense = new Linear({ inFeatures: config.dModel, outFeatures: config.dModel, initial: config.initial });
    this.norm = new LayerNorm({ dModel: config.dModel, epsilon: config.epsilon });
    this.activation = config.activation ?? "gelu";
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor): Tensor {
    return this.norm.forward(activated(this.activation, this.dense.forward(x)));
  }
}
