import { type Checks, checkOptions, expectBoolean } from "../checks";
import {
  add,
  concatenate,
  type Initial,
  initials,
  multiply,
  Parameter,
  type RankedTensor,
  reshape,
  slice,
  type Tensor,
  zeros,
} from "../tensor";
import { expectSequence, initial, size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { withoutPadding } from "./without-padding";

/** The sizes of a `CausalConvolution`. */
export interface CausalConvolutionConfig {
  /** The size of each vector. */
  channels: number;
  /** How many positions each output sees: its own and those before it. */
  kernelSize: number;
  /** No bias if omitted. */
  bias?: boolean | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<CausalConvolutionConfig> = { channels: size, kernelSize: size, bias: expectBoolean, initial };

/**
 * yₜ = Σⱼ wⱼ ⊙ xₜ₋ₖ₊ⱼ + b, j from 1 to k: each channel by itself, and no position sees a later one. Before the first
 * position are zeros.
 *
 * x [batch, seq, channels] → the same shape. Padding that the mask hides, as [batch][seq], counts as zeros. The cache holds
 * the last k − 1 inputs. Reports `output`.
 *
 * @example
 * ```ts
 * import { CausalConvolution, tensor } from "transformer-blocks";
 * const convolution = new CausalConvolution({ channels: 1, kernelSize: 2 });
 * convolution.weight.assign(Float32Array.of(10, 1)); // 10 times the one before, and itself
 * convolution.forward(tensor([[[1], [2], [3]]])).toArray(); // [[[1], [12], [23]]]
 * ```
 */
export class CausalConvolution extends Module {
  /** [channels, kernelSize], the own position last */
  readonly weight: Parameter;
  /** [channels] */
  readonly bias: Parameter | undefined;

  constructor(config: CausalConvolutionConfig) {
    super();
    checkOptions("CausalConvolution", config, checks, ["channels", "kernelSize"]);
    const { channels, kernelSize, initial = initials.uniform(1 / Math.sqrt(kernelSize)) } = config;
    this.weight = new Parameter([channels, kernelSize], initial);
    this.bias = config.bias ? new Parameter([channels], initials.zeros()) : undefined;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "keeps";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("CausalConvolution", "x", x);
    checkPass("CausalConvolution", pass);
    const [batch, seq] = x.shape;
    const [channels, kernelSize] = this.weight.shape as readonly [number, number];
    const before: Tensor = pass.cache?.recall(this, x)?.inputs ?? zeros([batch, kernelSize - 1, channels]);
    const seen: Tensor = withoutPadding("CausalConvolution", x, pass);
    const inputs: Tensor = concatenate([before, seen], { axis: 1 }); // [batch, kernelSize − 1 + seq, channels]
    pass.cache?.keep(this, { inputs: slice(inputs, { axis: 1, start: seq }) });
    let y: Tensor | undefined = this.bias;
    for (let j = 0; j < kernelSize; j++) {
      const weight: Tensor = slice(this.weight, { axis: 1, start: j, end: j + 1 });
      const term: Tensor = multiply(slice(inputs, { axis: 1, start: j, end: j + seq }), reshape(weight, [channels]));
      y = y ? add(y, term) : term;
    }
    return tap(pass, this, "output", y as Tensor<Sequence>);
  }
}
