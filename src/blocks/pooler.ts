import { type Checks, checkOptions } from "../checks";
import { dropout, type Ids, type Initial, type RankedTensor, type Tensor, tanh } from "../tensor";
import { expectSequence, initial, rate, size } from "./checks";
import { type Activation, activated, activation } from "./feed-forward";
import { Linear } from "./linear";
import { Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import { TokenPooling, tokenPooling } from "./token-pooling";

/** The sizes and the activation of a `Pooler`. */
export interface PoolerConfig {
  dModel: number;
  /** Which vector it starts from: that of the first token if omitted. */
  pooling?: TokenPooling | undefined;
  /** tanh if omitted. */
  activation?: Activation | undefined;
  /** The share of the chosen vector to zero in training; 0 if omitted. */
  dropout?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<PoolerConfig> = { dModel: size, pooling: tokenPooling, activation, dropout: rate, initial };

/**
 * f(W x + b) of one vector x for each text, tanh of the first token's if not told otherwise: [batch, seq, dModel] →
 * [batch, dModel]. Reports `output`.
 *
 * @see Devlin et al. 2018 (arXiv 1810.04805), section 3
 */
export class Pooler extends Module {
  readonly pooling: TokenPooling;
  readonly dense: Linear;
  readonly activation: Activation;
  readonly dropout: number;

  constructor(config: PoolerConfig) {
    super();
    checkOptions("Pooler", config, checks, ["dModel"]);
    this.pooling = config.pooling ?? new TokenPooling({ kind: "first" });
    this.dense = new Linear({ inFeatures: config.dModel, outFeatures: config.dModel, initial: config.initial });
    this.activation = config.activation ?? tanh;
    this.dropout = config.dropout ?? 0;
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** hidden [batch, seq, dModel] → [batch, dModel], or [texts, dModel] with `pass.lengths`. */
  forward(
    hidden: RankedTensor<Sequence>,
    pass: Pass = {},
    ids?: Ids,
  ): Tensor<readonly [batch: number, dModel: number]> {
    expectSequence("Pooler", "hidden", hidden);
    checkPass("Pooler", pass);
    const chosen = this.pooling.forward(hidden, pass, ids);
    const kept = pass.rng ? dropout(chosen, { rate: this.dropout, random: pass.rng }) : chosen;
    return tap(pass, this, "output", activated(this.activation, this.dense.forward(kept)) as typeof chosen);
  }
}
