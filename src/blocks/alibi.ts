import { type Checks, checkOptions, numberIn, oneOf, wholeIn } from "../checks";
import { knownAs } from "../synonyms";
import { ShapeError, Tensor } from "../tensor";
import { indices } from "../tensor/internal";
import { type Caching, Module } from "./module";
import { checkPass, shared } from "./pass";
import type { ScoreSizes } from "./relative-positions";

/** The sizes of `AlibiPositions`, and how positions are counted. */
export interface AlibiPositionsConfig {
  heads: number;
  /**
   * Which tokens count: "all", or "unmasked" for those that a padding mask [batch][key] keeps, as in BLOOM; "all" if
   * omitted. They differ only for a mask with gaps.
   */
  positions?: "all" | "unmasked" | undefined;
  /** The factor of the bias; 1 if omitted, 1 / √headDim in Falcon, which scales the bias as it scales the products. */
  scale?: number | undefined;
  /** Rounds slopes, positions and their products as Falcon does, before the scale; float32 if omitted. */
  precision?: "float32" | "bfloat16" | undefined;
}

const checks: Checks<AlibiPositionsConfig> = /* @__PURE__ */ knownAs(
  { options: [] },
  {
    heads: /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 16 }),
    positions: /* @__PURE__ */ oneOf(["all", "unmasked"]),
    scale: /* @__PURE__ */ numberIn(),
    precision: /* @__PURE__ */ oneOf(["float32", "bfloat16"]),
  },
);

const count = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 24 });

const sizeChecks: Checks<ScoreSizes> = {
  queries: count,
  keys: count,
  pass: (_where, _name, value) => checkPass("AlibiPositions", value),
};

/**
 * Attention with linear biases: scores of head h get −mₕ · (i − j) for query i and key j. The slopes mₕ are 2^(−8h/n), h
 * = 1 … n, if the number of heads n is a power of two; if not, those of the next power of two, first every second one
 * from the second on, then from the first on.
 *
 * A softmax does not change when a row of scores is shifted, so one row serves all queries: mₕ · (j − last), [1 or batch,
 * heads, 1, keys]. An attention layer without `sinks` takes it as `scoreBias`. Layers may share one; then it is computed
 * once in each pass of a model.
 *
 * @throws RangeError for a number of heads that is not a whole number of 1 or more; ShapeError for a mask of another
 * length
 * @see Press et al. 2021, Train Short, Test Long (arXiv 2108.12409), section 3
 * @example
 * ```ts
 * import { AlibiPositions } from "transformer-blocks";
 * const alibi = new AlibiPositions({ heads: 2 });
 * alibi.forward({ queries: 3, keys: 3 }).toArray(); // [[[[-0.125, -0.0625, 0]], [[-0.0078125, -0.00390625, 0]]]]
 * ```
 */
export class AlibiPositions extends Module {
  readonly heads: number;
  readonly positions: "all" | "unmasked";
  readonly scale: number;
  readonly precision: "float32" | "bfloat16";
  readonly shifts = true;

  constructor(config: AlibiPositionsConfig) {
    super();
    checkOptions("AlibiPositions", config, checks, ["heads"]);
    this.heads = config.heads;
    this.positions = config.positions ?? "all";
    this.scale = config.scale ?? 1;
    this.precision = config.precision ?? "float32";
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** The bias of every key: [1 or batch, heads, 1, keys]. */
  forward(sizes: ScoreSizes): Bias {
    checkOptions("AlibiPositions", sizes, sizeChecks, ["queries", "keys"]);
    const known = shared(sizes.pass ?? {}, this, () => new Map<number, Bias>());
    const bias = known.get(sizes.keys) ?? this.#bias(sizes);
    known.set(sizes.keys, bias);
    return bias;
  }

  #bias(sizes: ScoreSizes): Bias {
    const { heads, scale } = this;
    const { keys } = sizes;
    const round = this.precision === "bfloat16" ? toBfloat16 : (value: number) => value;
    const rows = this.#positions(sizes).map((row) => row.map(round));
    const values = new Float32Array(rows.length * heads * keys);
    slopesOf(heads).forEach((slope, head) => {
      rows.forEach((positions, row) => {
        const biases = positions.map((position) => round(round(slope) * position));
        // Relative to the last key, so that the biases of near keys are small and thus exact.
        const last = biases.reduce((most, bias) => Math.max(most, bias), 0);
        values.set(
          biases.map((bias) => scale * (bias - last)),
          (row * heads + head) * keys,
        );
      });
    });
    return new Tensor([rows.length, heads, 1, keys], values);
  }

  /** The position of every key: one row for the whole batch, or one for each of its rows. */
  #positions({ keys, pass: { mask, lengths } = {} }: ScoreSizes): number[][] {
    // Each text end to end has its own last key; what is after it is not seen.
    if (lengths) return lengths.map((length) => Array.from({ length: keys }, (_, key) => Math.min(key, length - 1)));
    if (this.positions === "all" || !Array.isArray(mask)) return [Array.from({ length: keys }, (_, key) => key)];
    const { values, shape } = indices("AlibiPositions: mask", mask, 2);
    if (shape.length !== 2 || shape[1] !== keys)
      throw new ShapeError(`AlibiPositions: the mask [${shape.join(", ")}] is not [batch][key] with ${keys} keys`);
    return Array.from({ length: shape[0]! }, (_, row) => countKept([...values.slice(row * keys, (row + 1) * keys)]));
  }
}

type Bias = Tensor<readonly [batch: number, heads: number, query: number, key: number]>;

/** How many tokens before each are kept; 0 for a hidden one. */
function countKept(mask: readonly number[]): number[] {
  let count = 0;
  return mask.map((kept) => (kept === 0 ? 0 : count++));
}

/** mₕ of every head. */
function slopesOf(heads: number): number[] {
  const power = 2 ** Math.ceil(Math.log2(heads));
  const all = Array.from({ length: power }, (_, i) => 2 ** ((-8 * (i + 1)) / power));
  if (power === heads) return all;
  const everySecond = (start: number) => all.filter((_, i) => i % 2 === start);
  return [...everySecond(1), ...everySecond(0)].slice(0, heads);
}

/** The nearest bfloat16, the even one of two: its bits are the upper half of a float32's. */
function toBfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}
