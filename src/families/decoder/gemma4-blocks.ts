import {
  type Activation,
  type Caching,
  Embedding,
  Linear,
  Module,
  type Norm,
  type Pass,
  RMSNorm,
  type Sequence,
  type SequenceLayer,
  tap,
} from "../../blocks";
import { activated } from "../../blocks/internal";
import { add, type Ids, initials, multiply, Parameter, reshape, slice, type Tensor } from "../../tensor";

export interface PerLayerSizes {
  dModel: number;
  layers: number;
  /** How many numbers each layer gets of each token. */
  width: number;
  vocabSize: number;
  epsilon: number;
}

/**
 * A token embedding that also gives every layer numbers of its own: p = (norm(W x / √dModel) + √width · table[token]) /
 * √2, [batch, seq, layers, width]. `PerLayerBlock` finds them in the pass.
 *
 * @see Gemma 3n and Gemma 4's per-layer embeddings
 */
export class PerLayerEmbedding extends Module {
  static readonly isCachingTested = true;
  readonly tokens: Embedding;
  /** [vocabSize, layers · width] */
  readonly table: Embedding;
  readonly projection: Linear;
  readonly norm: Norm;
  readonly width: number;
  /** Under this the numbers lie in `pass.shared`. */
  readonly key: object = {};

  constructor(tokens: Embedding, { dModel, layers, width, vocabSize, epsilon }: PerLayerSizes) {
    super();
    this.tokens = tokens;
    this.table = new Embedding({ vocabSize, dModel: layers * width, scale: Math.fround(Math.sqrt(width)) });
    this.projection = new Linear({ inFeatures: dModel, outFeatures: layers * width, bias: false });
    this.norm = new RMSNorm({ dModel: width, epsilon });
    this.width = width;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    const x = this.tokens.forward(ids);
    const [batch, seq, dModel] = x.shape;
    const projected = multiply(this.projection.forward(x), 1 / Math.sqrt(dModel));
    const split = (of: Tensor) => reshape(of, [batch, seq, projected.shape[2]! / this.width, this.width]);
    const ofText = this.norm.forward(split(projected) as Tensor as Tensor<Sequence>) as Tensor;
    pass.shared?.set(this.key, multiply(add(ofText, split(this.table.forward(ids))), Math.SQRT1_2));
    return x;
  }
}

export interface PerLayerBlockConfig {
  block: SequenceLayer;
  layer: number;
  dModel: number;
  activation: Activation;
  epsilon: number;
  /** What gives the layers numbers of their own; none if omitted. */
  source?: PerLayerEmbedding | undefined;
}

/**
 * A block with a factor, and with numbers of its own for each token: y = s · (h + norm(Wᵖ (f(Wᵍ h) ⊙ p))), where h is the
 * inner block's output.
 */
export class PerLayerBlock extends Module {
  static readonly isCachingTested = true;
  readonly block: SequenceLayer;
  readonly gate: Linear | undefined;
  readonly projection: Linear | undefined;
  readonly norm: Norm | undefined;
  /** [1] */
  readonly scale = new Parameter([1], initials.ones());
  readonly layer: number;
  readonly activation: Activation;
  readonly key: object | undefined;

  constructor({ block, layer, dModel, activation, epsilon, source }: PerLayerBlockConfig) {
    super();
    this.block = block;
    this.layer = layer;
    this.activation = activation;
    this.key = source?.key;
    if (!source) return;
    this.gate = new Linear({ inFeatures: dModel, outFeatures: source.width, bias: false });
    this.projection = new Linear({ inFeatures: source.width, outFeatures: dModel, bias: false });
    this.norm = new RMSNorm({ dModel, epsilon });
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const h = this.block.forward(x, pass);
    return tap(pass, this, "output", multiply(this.#withInputs(h, pass), this.scale) as Tensor<Sequence>);
  }

  #withInputs(h: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
    if (!this.gate || !this.key) return h;
    const inputs = pass.shared?.get(this.key) as Tensor | undefined;
    if (inputs === undefined)
      throw new Error("PerLayerBlock: the model's embedding has not run in this pass; run the whole model");
    const [batch, seq] = h.shape;
    const own = slice(inputs, { axis: 2, start: this.layer, end: this.layer + 1 });
    const gated = multiply(
      activated(this.activation, this.gate.forward(h)),
      reshape(own, [batch, seq, inputs.shape[3]!]),
    );
    return add(h, this.norm!.forward(this.projection!.forward(gated) as Tensor<Sequence>)) as Tensor<Sequence>;
  }
}
