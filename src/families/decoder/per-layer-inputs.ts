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
 * √2, [batch, seq, layers, width]. `PerLayerInput` finds them in the pass.
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
    const ofText = this.norm.forward(split(projected) as Tensor as Tensor<Sequence>, pass) as Tensor;
    pass.shared?.set(this.key, multiply(add(ofText, split(this.#ofTokens(ids))), Math.SQRT1_2));
    return x;
  }

  /** The table may be shorter than the vocabulary: further tokens, those of pictures and sound, count as the first. */
  #ofTokens(ids: Ids): Tensor {
    const [vocabSize] = this.table.weight.shape;
    return this.table.forward(ids.map((row) => row.map((id) => (id < vocabSize! ? id : 0))));
  }
}

export interface PerLayerInputConfig {
  layer: number;
  dModel: number;
  activation: Activation;
  epsilon: number;
  /** What gives the layers numbers of their own. */
  source: PerLayerEmbedding;
}

/** A layer's own numbers p of each token, let in by a gate: norm(Wᵖ (f(Wᵍ x) ⊙ p)). */
export class PerLayerInput extends Module {
  static readonly isCachingTested = true;
  readonly gate: Linear;
  readonly projection: Linear;
  readonly norm: Norm;
  readonly layer: number;
  readonly activation: Activation;
  readonly key: object;

  constructor({ layer, dModel, activation, epsilon, source }: PerLayerInputConfig) {
    super();
    this.gate = new Linear({ inFeatures: dModel, outFeatures: source.width, bias: false });
    this.projection = new Linear({ inFeatures: source.width, outFeatures: dModel, bias: false });
    this.norm = new RMSNorm({ dModel, epsilon });
    this.layer = layer;
    this.activation = activation;
    this.key = source.key;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const inputs = pass.shared?.get(this.key) as Tensor | undefined;
    if (inputs === undefined)
      throw new Error("PerLayerInput: the model's embedding has not run in this pass; run the whole model");
    const [batch, seq] = x.shape;
    const own = slice(inputs, { axis: 2, start: this.layer, end: this.layer + 1 });
    const gated = multiply(
      activated(this.activation, this.gate.forward(x)),
      reshape(own, [batch, seq, inputs.shape[3]!]),
    );
    return this.norm.forward(this.projection.forward(gated) as Tensor<Sequence>, pass);
  }
}

/** A block with a factor s, to which a layer's own numbers are added: y = s · (h + input(h)), h = block(x). */
export class PerLayerBlock extends Module {
  static readonly isCachingTested = true;
  readonly block: SequenceLayer;
  readonly input: PerLayerInput | undefined;
  /** [1] */
  readonly scale = new Parameter([1], initials.ones());

  constructor({ block, input }: { block: SequenceLayer; input?: PerLayerInput | undefined }) {
    super();
    this.block = block;
    this.input = input;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const h = this.block.forward(tap(pass, this, "input", x), pass);
    const sum = this.input ? add(h, this.input.forward(h, pass)) : h;
    return tap(pass, this, "output", multiply(sum, this.scale) as Tensor<Sequence>);
  }
}
