import { add, dropout, multiply, type Tensor } from "../tensor";
import type { Norm } from "./norm";
import type { Pass, Sequence } from "./pass";

/**
 * Where a block normalizes: the input of each sublayer ("pre"), each sum ("post"), the input and the output
 * ("sandwich"), the output alone ("output"), or the input of the sublayer and of the sum ("input").
 */
export type NormPlacement = "pre" | "post" | "sandwich" | "output" | "input";

/** How a block adds a sublayer to its input. */
export interface ResidualConfig {
  norm?: NormPlacement | undefined;
  residualScale?: number | undefined;
  dropout?: number | undefined;
}

/** The norms of a sublayer; the second only for "sandwich". */
export interface SublayerNorms {
  norm: Norm;
  outputNorm: Norm | undefined;
}

/**
 * x + f(norm(x)), norm(x + f(x)), x + norm′(f(norm(x))), x + norm(f(x)) or norm(x) + f(norm(x)), with f scaled and
 * dropped out.
 */
export class Residual {
  readonly norm: NormPlacement;
  readonly scale: number;
  readonly dropout: number;

  constructor({ norm = "post", residualScale = 1, dropout = 0 }: ResidualConfig) {
    this.norm = norm;
    this.scale = residualScale;
    this.dropout = dropout;
  }

  add(
    x: Tensor<Sequence>,
    { norm, outputNorm }: SublayerNorms,
    pass: Pass,
    sublayer: (x: Tensor<Sequence>) => Tensor<Sequence>,
  ): Tensor<Sequence> {
    switch (this.norm) {
      case "pre":
        return add(x, this.damp(sublayer(norm.forward(x)), pass));
      case "post":
        return norm.forward(add(x, this.damp(sublayer(x), pass)));
      case "sandwich":
        return add(x, this.damp(outputNorm!.forward(sublayer(norm.forward(x))), pass));
      case "output":
        return add(x, this.damp(norm.forward(sublayer(x)), pass));
      case "input": {
        const y = norm.forward(x);
        return add(y, this.damp(sublayer(y), pass));
      }
    }
  }

  /** What is added of a sublayer's output: scaled, and in training with dropout. */
  damp(y: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
    const scaled = this.scale === 1 ? y : multiply(y, this.scale);
    return pass.rng ? dropout(scaled, { rate: this.dropout, random: pass.rng }) : scaled;
  }
}
