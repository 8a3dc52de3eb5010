import { type Check, type Checks, checkOptions, instanceOf, oneOf, wholeIn, wrongKind } from "../checks";
import { embedding, type Ids, matmul, type RankedTensor, reshape, Tensor } from "../tensor";
import { apart, expectLengths, startsOf } from "../tensor/internal";
import { expectSequence } from "./checks";
import { Module } from "./module";
import { keptBy, matrixOf } from "./padding";
import { checkPass, type Pass, type Sequence } from "./pass";

/** Which vector `TokenPooling` gives. */
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

  override get keepsTextsApart(): boolean {
    return true;
  }

  /**
   * Of texts end to end, `pass.lengths`, it is [texts, dModel].
   *
   * @throws TypeError if it chooses tokens by their id and there are no ids, or the mask is not padding [batch][seq];
   * RangeError that names a row without a token with the id `only`
   */
  forward(
    hidden: RankedTensor<Sequence>,
    pass: Pass = {},
    ids?: Ids,
  ): Tensor<readonly [batch: number, dModel: number]> {
    expectSequence("TokenPooling", "hidden", hidden);
    checkPass("TokenPooling", pass);
    const [batch, seq, dModel] = hidden.shape;
    const { lengths = new Array<number>(batch).fill(seq) } = pass;
    if (pass.lengths) expectLengths("TokenPooling", lengths, "hidden", hidden);
    const counts = this.#counts(batch, seq, pass, ids);
    const starts = startsOf(lengths);
    const rows = lengths.map((length, row) => counts.subarray(starts[row], starts[row]! + length));
    if (this.only !== undefined) expectNamed(rows, this.only);
    if (this.kind === "mean") return means(pass.lengths ? apart(hidden, lengths) : hidden, rows);
    const place = (row: Uint8Array) => Math.max(0, this.kind === "first" ? row.indexOf(1) : row.lastIndexOf(1));
    return embedding(
      rows.map((row, r) => starts[r]! + place(row)),
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
    return all.map((_, i) => Number(only === undefined ? values[i] !== skip : values[i] === only));
  }
}

/** @throws RangeError that names a row where no token counts */
function expectNamed(rows: readonly Uint8Array[], only: number): void {
  const row = rows.findIndex((counts) => counts.length > 0 && !counts.includes(1));
  if (row >= 0) throw new RangeError(`TokenPooling: row ${row} of ids has no token ${only}; add it to every text`);
}

/** The mean of each row's tokens that count: [batch, seq, dModel] → [batch, dModel]. */
function means(hidden: Tensor, rows: readonly Uint8Array[]): Tensor<readonly [batch: number, dModel: number]> {
  const [batch = 0, seq = 0, dModel = 0] = hidden.shape;
  const shares = new Float32Array(batch * seq);
  rows.forEach((row, r) => {
    shares.set(
      Float32Array.from(row, (one) => one / Math.max(1, total(row))),
      r * seq,
    );
  });
  return reshape(matmul(new Tensor([batch, 1, seq], shares), hidden), [batch, dModel]);
}

const total = (row: Uint8Array): number => row.reduce((sum, one) => sum + one, 0);

/** Checks a pooling to use in another module. */
export const tokenPooling: Check = (...value) => instanceOf(TokenPooling, "a TokenPooling")(...value);
