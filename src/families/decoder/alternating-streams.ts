import {
  type Caching,
  Linear,
  Module,
  type Norm,
  type Pass,
  RMSNorm,
  type Sequence,
  type SequenceLayer,
  tap,
} from "../../blocks";
import {
  add,
  clamp,
  concatenate,
  divide,
  type Ids,
  initials,
  matmul,
  mean,
  multiply,
  Parameter,
  reshape,
  slice,
  sqrt,
  subtract,
  type Tensor,
  tanh,
} from "../../tensor";
import type { PerLayerEmbedding, PerLayerInput } from "./per-layer-inputs";

/** √ of the mean square of each vector, [batch, seq, 1]. */
const size = (x: Tensor, smallest = 0): Tensor =>
  sqrt(clamp(mean(multiply(x, x), { axis: -1, keepAxis: true }) as Tensor, { minimum: smallest }));

/** y with the size of x. */
const sizedAs = (x: Tensor, y: Tensor): Tensor => divide(multiply(y, size(x)), size(y, 1e-5));

/** One of the streams that lie side by side: [batch, seq, streams · width] → [batch, seq, width]. */
const streamOf = (x: Tensor, at: number, width: number): Tensor<Sequence> =>
  slice(x, { axis: 2, start: at * width, end: (at + 1) * width }) as Tensor<Sequence>;

interface StreamsConfig {
  dModel: number;
  streams: number;
}

/** One projection for each stream but the first. */
const projections = ({ dModel, streams }: StreamsConfig): Linear[] =>
  Array.from({ length: streams - 1 }, () => new Linear({ inFeatures: dModel, outFeatures: dModel, bias: false }));

/** Token vectors x as several streams side by side: x, and Wᵢ x with the size of x. [batch, seq, streams · dModel] */
export class StreamsEmbedding extends Module {
  static readonly isCachingTested = true;
  readonly inner: PerLayerEmbedding;
  readonly projections: readonly Linear[];

  constructor(inner: PerLayerEmbedding, config: StreamsConfig) {
    super();
    this.inner = inner;
    this.projections = projections(config);
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
    const x = this.inner.forward(ids, pass);
    const others = this.projections.map((projection) => sizedAs(x, projection.forward(x)));
    return concatenate([x as Tensor, ...others], { axis: 2 }) as Tensor<Sequence>;
  }
}

/** The norm of the mean of the streams, each but the first as Wᵢ xᵢ with the size of the first. */
export class StreamsNorm extends Module {
  static readonly isCachingTested = true;
  readonly inner: SequenceLayer;
  readonly projections: readonly Linear[];
  readonly dModel: number;

  constructor(inner: SequenceLayer, config: StreamsConfig) {
    super();
    this.inner = inner;
    this.projections = projections(config);
    this.dModel = config.dModel;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const first = streamOf(x, 0, this.dModel);
    let sum: Tensor = first;
    this.projections.forEach((projection, i) => {
      sum = add(sum, sizedAs(first, projection.forward(streamOf(x, i + 1, this.dModel))));
    });
    return this.inner.forward(divide(sum, this.projections.length + 1) as Tensor<Sequence>, pass);
  }
}

export interface AlternatingConfig extends StreamsConfig {
  epsilon: number;
  block: SequenceLayer;
  input: PerLayerInput;
  /** The stream that the block computes. */
  active: number;
  /** Whether what the gate of the layer's own numbers sees has a factor. */
  scaled: boolean;
}

/**
 * A block that computes one of several streams and predicts the others: AltUp. With r(x) = tanh(Wʳ norm(x) / dModel) and
 * the active stream a, x̂ = x + P(r(xₐ)) x, where P is a matrix of streams by streams, and y = x̂ + (Wᶜ r(b) + 1) (b − x̂ₐ),
 * where b = block(x̂ₐ). Each stream but the first also gets the layer's own numbers.
 *
 * @see Baykal et al. 2023, Alternating Updates for Efficient Transformers (arXiv 2301.13310)
 */
export class AlternatingBlock extends Module {
  static readonly isCachingTested = true;
  readonly block: SequenceLayer;
  readonly input: PerLayerInput;
  readonly router: Linear;
  readonly routerNorm: Norm;
  /** [streams², streams] */
  readonly prediction: Linear;
  readonly correction: Linear;
  /** [dModel] */
  readonly inputScale: Parameter;
  readonly dModel: number;
  readonly streams: number;
  readonly active: number;
  readonly scaled: boolean;

  constructor({ dModel, streams, epsilon, block, input, active, scaled }: AlternatingConfig) {
    super();
    this.block = block;
    this.input = input;
    this.router = new Linear({ inFeatures: dModel, outFeatures: streams, bias: false });
    this.routerNorm = new RMSNorm({ dModel, epsilon });
    this.prediction = new Linear({ inFeatures: streams, outFeatures: streams ** 2, bias: false });
    this.correction = new Linear({ inFeatures: streams, outFeatures: streams, bias: false });
    this.inputScale = new Parameter([dModel], initials.zeros());
    this.dModel = dModel;
    this.streams = streams;
    this.active = active;
    this.scaled = scaled;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const predicted = this.#predicted(tap(pass, this, "input", x), pass);
    const active = streamOf(predicted, this.active, this.dModel);
    const computed = this.block.forward(active, pass);
    const corrected = this.#corrected(predicted, computed, active, pass);
    const own = streamOf(corrected, this.active, this.dModel);
    const added = this.input.forward((this.scaled ? multiply(own, this.inputScale) : own) as Tensor<Sequence>, pass);
    const streams = Array.from({ length: this.streams }, (_, i) => {
      const stream: Tensor = streamOf(corrected, i, this.dModel);
      return i === 0 ? stream : add(stream, added);
    });
    return tap(pass, this, "output", concatenate(streams, { axis: 2 }) as Tensor<Sequence>);
  }

  /** [batch, seq, streams], each from −1 to 1. */
  #routed(x: Tensor<Sequence>, pass: Pass): Tensor {
    return tanh(this.router.forward(divide(this.routerNorm.forward(x, pass), this.dModel) as Tensor<Sequence>));
  }

  #predicted(x: Tensor<Sequence>, pass: Pass): Tensor {
    const [batch, seq, width] = x.shape;
    const { streams, dModel } = this;
    const routed = this.#routed(streamOf(x, this.active, dModel), pass);
    const mixing = reshape(this.prediction.forward(routed), [batch, seq, streams, streams]);
    const mixed = matmul(mixing as Tensor, reshape(x, [batch, seq, streams, dModel]) as Tensor);
    return add(x, reshape(mixed, [batch, seq, width]));
  }

  #corrected(predicted: Tensor, computed: Tensor<Sequence>, active: Tensor, pass: Pass): Tensor {
    const [batch, seq, dModel] = computed.shape;
    const factors = reshape(add(this.correction.forward(this.#routed(computed, pass)), 1), [
      batch,
      seq,
      this.streams,
      1,
    ]);
    const news = reshape(subtract(computed, active) as Tensor, [batch, seq, 1, dModel]);
    return add(predicted, reshape(multiply(factors as Tensor, news as Tensor), predicted.shape));
  }
}
