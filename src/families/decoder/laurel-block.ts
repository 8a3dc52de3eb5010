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
import { add, multiply, type Tensor } from "../../tensor";

export interface LaurelConfig {
  dModel: number;
  rank: number;
  epsilon: number;
  attention: SequenceLayer;
  feedForward: SequenceLayer;
}

/**
 * A sandwich block whose attention has a low-rank layer beside it: n = norm(x), h = (x + norm(attention(n)) + n + norm(R L
 * n)) / √2, y = h + norm(feedForward(norm(h))).
 *
 * @see Menghani et al. 2024, LAUREL: Learned Augmented Residual Layer (arXiv 2411.07501)
 */
export class LaurelBlock extends Module {
  static readonly isCachingTested = true;
  readonly attention: SequenceLayer;
  readonly feedForward: SequenceLayer;
  readonly attentionNorm: Norm;
  readonly attentionOutputNorm: Norm;
  readonly feedForwardNorm: Norm;
  readonly feedForwardOutputNorm: Norm;
  readonly left: Linear;
  readonly right: Linear;
  readonly laurelNorm: Norm;

  constructor({ dModel, rank, epsilon, attention, feedForward }: LaurelConfig) {
    super();
    const norm = () => new RMSNorm({ dModel, epsilon });
    this.attention = attention;
    this.feedForward = feedForward;
    this.attentionNorm = norm();
    this.attentionOutputNorm = norm();
    this.feedForwardNorm = norm();
    this.feedForwardOutputNorm = norm();
    this.left = new Linear({ inFeatures: dModel, outFeatures: rank, bias: false });
    this.right = new Linear({ inFeatures: rank, outFeatures: dModel, bias: false });
    this.laurelNorm = norm();
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const own = { ...pass, causal: pass.causal ?? true };
    const input = tap(pass, this, "input", x);
    const normed = this.attentionNorm.forward(input, pass);
    const laurel = add(
      normed,
      this.laurelNorm.forward(this.right.forward(this.left.forward(normed)) as Tensor<Sequence>, pass),
    );
    const attended = this.attentionOutputNorm.forward(this.attention.forward(normed, own), pass);
    const summed = add(add(input, tap(pass, this, "attentionAdded", attended)), laurel);
    const h = tap(pass, this, "middle", multiply(summed, Math.SQRT1_2) as Tensor<Sequence>);
    const inner = this.feedForward.forward(this.feedForwardNorm.forward(h, pass), pass);
    const fed = tap(pass, this, "feedForwardAdded", this.feedForwardOutputNorm.forward(inner, pass));
    return tap(pass, this, "output", add(h, fed) as Tensor<Sequence>);
  }
}
