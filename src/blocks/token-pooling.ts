import { type Check, type Checks, checkOptions, instanceOf, oneOf, wholeIn, wrongKind } from "../checks";
import { embedding, type Ids, matmul, reshape, Tensor } from "../tensor";
import { expectSequence } from "./checks";
import { Module } from "./module";
import { keptBy, matrixOf } from "./padding";
import { checkPass, type Pass, type Sequence } from "./pass";

export interface TokenPoolingConfig {
  /** The vector of the first or the last token, or the mean of all vectors. */
  kind: "first" | "last" | "mean";
  /** Leave out the tokens that the padding mask hides, or those with this id; none if omitted. */
  skip?: "masked" | number | undefined;
  /** Leave out all tokens but those with this id, such as the end token; none if omitted. */
  only?: number | undefined;
}

const token = /* @__PURE__ */ wholeIn({ least: 0 });
const checks: Checks<TokenPoolingConfig> = {
  kind: oneOf(["first", "last", "mean"]),
  skip: (where, name, value) => {
    if (value === "masked") return;
    if (typeof value !== "number") throw wrongKind(where, name, '"masked" or a token id', value);
    token(where, name, value);
  },
  only: token,
};

/**
 * One vector for each text: [batch, seq, dModel] → [batch, dModel]. A text whose tokens are all left out gives its first
 * vector, or zeros as its mean.
 *
 * @example
 * ```ts
 * import { tensor, TokenPooling } from "transformer-blocks";
 * const hidden = tensor([[[1, 2], [3, 4], [9, 9]]]);
 * new TokenPooling({ kind: "mean", skip: "masked" }).forward(hidden, { mask: [[1, 1, 0]] }).toArray(); // [[2, 3]]
 * ```
 */
export class TokenPooling extends Module {
  readonly kind: TokenPoolingConfig["kind"];
  readonly skip: TokenPoolingConfig["skip"];
  readonly only: number | undefined;

  constructor(config: TokenPoolingConfig) {
    super();
    checkOptions("TokenPooling", config, checks, ["kind"]);
    this.kind = config.kind;
    if (config.skip !== undefined && config.only !== undefined)
      throw new TypeError("TokenPooling: skip has no effect if only is given; give one of them");
    this.skip = config.skip;
    this.only = config.only;
  }

  /**
   * @throws TypeError if it chooses tokens by their id and there are no ids, or the mask is not padding [batch][seq];
   * RangeError that names a row without a token with the id `only`
   */
  forward(hidden: Tensor<Sequence>, pass: Pass = {}, ids?: Ids): Tensor<readonly [batch: number, dModel: number]> {
    expectSequence("TokenPooling", "hidden", hidden);
    checkPass("TokenPooling", pass);
    const [batch, seq, dModel] = hidden.shape;
    const counts = this.#counts(batch, seq, pass, ids);
    const rows = Array.from({ length: batch }, (_, row) => counts.subarray(row * seq, (row + 1) * seq));
    if (this.kind === "mean") {
      const shares = rows.flatMap((row) => Array.from(row, (one) => one / Math.max(1, total(row))));
      return reshape(matmul(new Tensor([batch, 1, seq], Float32Array.from(shares)), hidden), [batch, dModel]);
    }
    const place = (row: Uint8Array) => Math.max(0, this.kind === "first" ? row.indexOf(1) : row.lastIndexOf(1));
    return embedding(
      rows.map((row, r) => r * seq + place(row)),
      reshape(hidden, [batch * seq, dModel]),
    );
  }

  /** 1 for each token that counts, else 0: [batch · seq]. */
  #counts(batch: number, seq: number, pass: Pass, ids: Ids | undefined): Uint8Array {
    const { skip, only } = this;
    const all = new Uint8Array(batch * seq).fill(1);
    if (skip === undefined && only === undefined) return all;
    if (skip === "masked") {
      const kept = keptBy(pass, "TokenPooling", batch, seq);
      return kept ? Uint8Array.from(kept) : all;
    }
    if (ids === undefined)
      throw new TypeError("TokenPooling: ids are missing; pass them, because it chooses tokens by their id");
    const values = matrixOf("TokenPooling: ids", ids, 2 ** 31, [batch, seq]);
    if (only !== undefined) return this.#named(values, seq);
    return all.map((_, i) => Number(values[i] !== skip));
  }

  /** 1 for each token with the id `only`. */
  #named(ids: ArrayLike<number>, seq: number): Uint8Array {
    const found = Uint8Array.from(ids, (id) => Number(id === this.only));
    for (let row = 0; row * seq < found.length; row++)
      if (!found.subarray(row * seq, (row + 1) * seq).includes(1))
        throw new RangeError(`TokenPooling: row ${row} of ids has no token ${this.only}; add it to every text`);
    return found;
  }
}

const total = (row: Uint8Array): number => row.reduce((sum, one) => sum + one, 0);

/** Checks a pooling to use in another module. */
export const tokenPooling: Check = (...value) => instanceOf(TokenPooling, "a TokenPooling")(...value);
