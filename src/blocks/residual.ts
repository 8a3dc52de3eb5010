import { add, dropout, multiply, type Tensor } from "../tensor";
import type { Module } from "./module";
import type { Norm } from "./norm";
import { type Pass, type Sequence, tap } from "./pass";

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

/** A sublayer of a block: its norms, the second only for "sandwich", and the site of what it adds. */
export interface Sublayer {
  block: Module;
  site: "attentionAdded" | "crossAttentionAdded" | "feedForwardAdded";
  norm: Norm;
  outputNorm: Norm | undefined;
}

/**
 * x + f(norm(x)), norm(x + f(x)), x + norm′(f(norm(x))), x + norm(f(x)) or norm(x) + f(norm(x)), with f scaled and
 * dropped out. What is added is reported.
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
    { block, site, norm, outputNorm }: Sublayer,
    pass: Pass,
    sublayer: (x: Tensor<Sequence>) => Tensor<Sequence>,
  ): Tensor<Sequence> {
    const added = (y: Tensor<Sequence>) => tap(pass, block, site, this.damp(y, pass));
    switch (this.norm) {
      case "pre":
        return add(x, added(sublayer(norm.forward(x, pass))));
      case "post":
        return norm.forward(add(x, added(sublayer(x))), pass);
      case "sandwich":
        return add(x, added(outputNorm!.forward(sublayer(norm.forward(x, pass)), pass)));
      case "output":
        return add(x, added(norm.forward(sublayer(x), pass)));
      case "input": {
        const y = norm.forward(x, pass);
        return add(y, added(sublayer(y)));
      }
    }
  }

  /** What is added of a sublayer's output: scaled, and in training with dropout. */
  damp(y: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
    const scaled = this.scale === 1 ? y : multiply(y, this.scale);
    return pass.rng ? dropout(scaled, { rate: this.dropout, random: pass.rng }) : scaled;
  }
}
