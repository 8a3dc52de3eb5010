import { type Checks, checkOptions, expectBoolean } from "../checks";
import { type Initial, multiply, type RankedTensor, type Tensor } from "../tensor";
import { CausalConvolution } from "./causal-convolution";
import { expectSequence, initial, size } from "./checks";
import { Linear } from "./linear";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { withoutPadding } from "./without-padding";

/** The sizes of a `ShortConvolution`. */
export interface ShortConvolutionConfig {
  dModel: number;
  /** How many positions the convolution sees: its own and those before it. */
  kernelSize: number;
  /** No bias if omitted. */
  bias?: boolean | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<ShortConvolutionConfig> = { dModel: size, kernelSize: size, bias: expectBoolean, initial };

/**
 * y = (c ⊙ convolution(b ⊙ h)) Wᴼ with b = x Wᵇ, c = x Wᶜ, h = x Wʰ: a short convolution between two gates.
 *
 * x [batch, seq, dModel] → the same shape. Padding that the mask hides, as [batch][seq], counts as zeros. Wᵇ, Wᶜ, Wʰ, Wᴼ
 * are `inputGate`, `outputGate`, `value`, `output`. Reports `hidden`, what Wᴼ multiplies, and `output`.
 *
 * @see Liquid AI 2025, LFM2 Technical Report (arXiv 2511.23404), section 2.2
 */
export class ShortConvolution extends Module {
  readonly inputGate: Linear;
  readonly outputGate: Linear;
  readonly value: Linear;
  readonly convolution: CausalConvolution;
  readonly output: Linear;

  constructor(config: ShortConvolutionConfig) {
    super();
    checkOptions("ShortConvolution", config, checks, ["dModel", "kernelSize"]);
    const { dModel, kernelSize, bias = false, initial } = config;
    const layer = () => new Linear({ inFeatures: dModel, outFeatures: dModel, bias, initial });
    this.inputGate = layer();
    this.outputGate = layer();
    this.value = layer();
    this.convolution = new CausalConvolution({ channels: dModel, kernelSize, bias, initial });
    this.output = layer();
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** Whether padding before a text changes it, even if a mask hides it: biases make something of zeros. */
  get seesPadding(): boolean {
    return this.value.bias !== undefined;
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("ShortConvolution", "x", x);
    checkPass("ShortConvolution", pass);
    const seen = withoutPadding("ShortConvolution", x, pass);
    const inner = multiply(this.inputGate.forward(seen), this.value.forward(seen)) as Tensor<Sequence>;
    // Padding is zeros before the gates, as in LFM2, and not again behind them, where biases made something of it.
    const convolved = this.convolution.forward(inner, { ...pass, mask: undefined });
    const mixed = multiply(this.outputGate.forward(seen), convolved);
    const hidden = tap(pass, this, "hidden", mixed);
    return tap(pass, this, "output", this.output.forward(hidden) as Tensor<Sequence>);
  }
}
