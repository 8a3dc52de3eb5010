import { arrayOf, numberIn, wrongKind } from "../checks";
import { isOtherList } from "../describe";
import {
  add,
  type HeadShape,
  type Ids,
  initials,
  Parameter,
  type RotaryOptions,
  rotary,
  type Shape,
  ShapeError,
  Tensor,
} from "../tensor";
import { type Turning, turning } from "../tensor/internal";
import { checkKind } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, positionsOf } from "./pass";
import { type PositionalEncodingConfig, positionChecks, withDefaults } from "./position-config";
import { learned, sinusoids } from "./position-tables";
import { plainFrequencies, type Rotation, type ScalingRule, scalingRule } from "./rotary-scaling";

/**
 * Encodes the positions of tokens.
 *
 * - `sinusoidal` adds sin(m θᵢ) and cos(m θᵢ), θᵢ = 10000^(−2i / dModel), to x [batch, seq, dModel] at position m, side by
 *   side (`interleaved`) or the sines first (`halves`). Tokens at a position below 0, such as padding, get zeros.
 * - `learned` adds row offset + m of a table [offset + contextLength, dModel].
 * - `rotary` rotates queries and keys [batch, seq, heads, headDim] by angles m θᵢ; attention blocks apply it. `scaling`
 *   changes the frequencies: `linear` θᵢ / factor; `dynamic` a base that grows with the text; `llama3` and `yarn` only
 *   slow waves; `longrope` a divisor for each pair; `proportional` θᵢ by shares of the whole head. With `dynamic` and
 *   `longrope` keys in a cache stay as they were rotated.
 *
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.5; Su et al. 2021 (arXiv 2104.09864); Chen et al. 2023 (arXiv
 * 2306.15595) for `linear`; Peng et al. 2023 (arXiv 2309.00071) for `yarn`, section 3.3 for `dynamic`; Ding et al. 2024
 * (arXiv 2402.13753) for `longrope`; Llama Team 2024 (arXiv 2407.21783) for `llama3`
 * @example
 * ```ts
 * import { PositionalEncoding, zeros } from "transformer-blocks";
 * const position = new PositionalEncoding({ kind: "sinusoidal", dModel: 4 });
 * position.forward(zeros([1, 2, 4])).toArray(); // [[[0, 1, 0, 1], [0.841471, 0.5403023, 0.009999833, 0.99995]]]
 * ```
 */
export class PositionalEncoding extends Module {
  readonly config: PositionalEncodingConfig;
  /** [offset + contextLength, dModel], only for learned positions. */
  readonly weight: Parameter | undefined;
  /** The angle per position of each pair, for rotary positions. */
  readonly #rotation: Rotation | undefined;
  /** The rotation for a text of a length, if it depends on it. */
  readonly #scaled: ScalingRule | undefined;

  constructor(config: PositionalEncodingConfig) {
    super();
    checkKind("PositionalEncoding", config, positionChecks);
    this.config = withDefaults(config);
    if (config.kind === "learned") {
      const { contextLength, dModel, offset = 0, initial = initials.normal(0.02) } = config;
      this.weight = new Parameter([offset + contextLength, dModel], initial);
    }
    if (config.kind !== "rotary") return;
    const { headDim, dimensions = headDim, base = 10_000, scaling } = config;
    if (dimensions > headDim || Math.ceil(dimensions / 2) * 2 > headDim)
      throw new RangeError(
        dimensions > headDim
          ? `PositionalEncoding: ${dimensions} dimensions do not fit a head of ${headDim}`
          : `PositionalEncoding: ${dimensions} dimensions cannot be paired; use an even number`,
      );
    const scaled = scaling && scalingRule("PositionalEncoding", scaling, { headDim, dimensions, base });
    const rule: ScalingRule =
      scaled ?? (() => ({ frequencies: plainFrequencies(dimensions, base), attentionFactor: 1 }));
    const turned: ScalingRule = config.reversed ? (length) => reverse(rule(length)) : rule;
    this.#rotation = turned(1);
    if (scaling?.kind === "dynamic" || scaling?.kind === "longrope") this.#scaled = turned;
  }

  /** Up to this length of a text, each position is turned in the same way, however long the text is. */
  get steadyLength(): number {
    const scaling = this.config.kind === "rotary" ? this.config.scaling : undefined;
    if (scaling?.kind === "dynamic") return scaling.contextLength;
    return scaling?.kind === "longrope" ? scaling.originalContextLength : Infinity;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** Where the length of a text changes how its positions are turned, the texts of a row are not turned alike. */
  override get keepsTextsApart(): boolean {
    return this.steadyLength === Infinity;
  }

  /** Vectors [batch, seq, dModel], or heads [batch, seq, heads, headDim] of a rotary encoding, with their positions → the same shape. */
  forward<S extends Shape>(x: Tensor<S>, pass?: Pass): Tensor<S>;
  forward(x: Tensor, pass: Pass = {}): Tensor {
    if (!(x instanceof Tensor)) throw wrongKind("PositionalEncoding", "x", "a Tensor", x);
    checkPass("PositionalEncoding", pass);
    const positions = positionsOf(pass, x.shape[1] ?? 0);
    if (this.config.kind === "rotary") {
      const heads = x as Tensor<readonly [number, number, number, number]>;
      const options = this.#rotary(positions);
      return options ? rotary(heads, options) : x;
    }
    const rows: Ids = isBatch(positions) ? positions : [positions];
    if (pass.positions !== undefined) checkRows("PositionalEncoding", "positions", rows);
    const ragged = rows.findIndex((row) => row.length !== rows[0]!.length);
    if (ragged >= 0)
      throw new ShapeError(`PositionalEncoding: row ${ragged} of positions differs in length from row 0`);
    const encoding =
      this.config.kind === "learned" ? learned(rows, this.weight!, this.config) : sinusoids(rows, this.config);
    const [batch, seq, dModel] = encoding.shape;
    if (x.rank !== 3 || x.shape[2] !== dModel || x.shape[1] !== seq || (batch !== 1 && x.shape[0] !== batch))
      throw new ShapeError(
        `PositionalEncoding: ${x.describe()} is not [${batch === 1 ? "batch" : batch}, ${seq}, ${dModel}], the shape of the positions`,
      );
    return add(x, encoding);
  }

  /**
   * What turns heads of one row at the position of a pass, for rotary positions that turn any.
   *
   * @internal
   */
  turning(shape: HeadShape, pass: Pass): Turning | undefined {
    const options = this.config.kind === "rotary" ? this.#rotary(positionsOf(pass, 1)) : undefined;
    return options && turning(shape, options);
  }

  /** How heads turn at these positions; undefined if none of their dimensions do. */
  #rotary(positions: readonly number[] | Ids): RotaryOptions | undefined {
    if (this.config.kind !== "rotary") return undefined;
    const { frequencies, attentionFactor: scale } = this.#scaled?.(lengthOf(positions)) ?? this.#rotation!;
    return frequencies.length === 0
      ? undefined
      : { positions, interleaved: this.config.interleaved ?? false, frequencies, scale };
  }
}

const reverse = ({ frequencies, attentionFactor }: Rotation): Rotation => ({
  frequencies: frequencies.map((frequency) => -frequency),
  attentionFactor,
});

/** How long the text is: one more than its last position. */
const lengthOf = (positions: readonly number[] | Ids): number =>
  (isBatch(positions) ? positions.flat() : positions).reduce((most, position) => Math.max(most, position + 1), 0);

/** Whether it contains rows: arrays or other lists. */
export const isBatch = (positions: readonly number[] | Ids): positions is Ids =>
  Array.isArray(positions[0]) || isOtherList(positions[0]);

export const checkRows = /* @__PURE__ */ arrayOf(/* @__PURE__ */ arrayOf(/* @__PURE__ */ numberIn()));
