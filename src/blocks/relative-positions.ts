import { type Checks, checkOptions, expectBoolean, wholeIn } from "../checks";
import { knownAs } from "../synonyms";
import { embedding, type Initial, initials, Parameter, permute, reshape, type Tensor, zeros } from "../tensor";
import { initial, size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, shared } from "./pass";

/** The sizes of `RelativePositions`. */
export interface RelativePositionsConfig {
  heads: number;
  /** The number of groups of distances; 32 if omitted. */
  buckets?: number | undefined;
  /** The rows of the table, if it has not one for each bucket, as MPNet's; buckets without a row are an error. */
  rows?: number | undefined;
  /** Distances from here on share the last bucket; 128 if omitted. */
  maxDistance?: number | undefined;
  /** For decoders: all buckets are for keys before the query, and later keys count as distance 0. */
  causal?: boolean | undefined;
  /** The initial distribution of the table; N(0, 0.02²) if omitted. */
  initial?: Initial | undefined;
}

const checks: Checks<RelativePositionsConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "buckets numBuckets relativeAttentionNumBuckets relativePositionBuckets",
      "maxDistance relativeAttentionMaxDistance",
      "causal isDecoder unidirectional",
    ],
    advice: [["causal", "bidirectional", "causal: true is the opposite"]],
  },
  {
    heads: size,
    buckets: /* @__PURE__ */ wholeIn({ least: 2, most: 2 ** 20 }),
    rows: size,
    maxDistance: size,
    causal: expectBoolean,
    initial,
  },
);

/** What a bias of attention scores depends on. The queries are the last positions of the keys. */
export interface ScoreSizes {
  queries: number;
  keys: number;
  pass?: Pass | undefined;
}

const count = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 32 - 1 });
const sizeChecks: Checks<ScoreSizes> = {
  queries: count,
  keys: count,
  pass: (where, _, value) => checkPass(where, value),
};

/**
 * A number for each head that depends on how far a key is from a query, to add to attention scores before the softmax:
 * score(i, j) = qᵢ · kⱼ + table[bucket(j − i)].
 *
 * Short distances have a bucket each. Longer ones share buckets whose width grows with the logarithm of the distance,
 * up to `maxDistance`. Half of the buckets are for keys after the query, unless `causal`. Distances are counted in
 * the text with its padding; `pass.positions` does not change them.
 *
 * An attention layer takes it as `scoreBias`. Layers may share one; then it is computed once in each pass of a model.
 *
 * @see Raffel et al. 2020, Exploring the Limits of Transfer Learning (arXiv 1910.10683), section 2.1
 * @example
 * ```ts
 * import { initialize, RelativePositions } from "transformer-blocks";
 * const positions = initialize(new RelativePositions({ heads: 2 }), { seed: 1 });
 * positions.forward({ queries: 1, keys: 5 }).shape; // [1, 2, 1, 5]
 * ```
 */
export class RelativePositions extends Module {
  /** [buckets, heads], or as many rows as it was given. */
  readonly weight: Parameter;
  readonly buckets: number;
  readonly maxDistance: number;
  readonly causal: boolean;

  constructor(config: RelativePositionsConfig) {
    super();
    checkOptions("RelativePositions", config, checks, ["heads"]);
    const { heads, buckets = 32, maxDistance = 128, causal = false, initial = initials.normal(0.02) } = config;
    if (!causal && buckets < 4)
      throw new RangeError(
        `RelativePositions: ${buckets} buckets are too few for both directions; use at least 4, or causal: true`,
      );
    this.weight = new Parameter([config.rows ?? buckets, heads], initial);
    this.buckets = buckets;
    this.maxDistance = maxDistance;
    this.causal = causal;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** The bias of every score: [1, heads, queries, keys]. */
  forward(sizes: ScoreSizes): Bias {
    checkOptions("RelativePositions", sizes, sizeChecks, ["queries", "keys"]);
    const { queries, keys, pass = {} } = sizes;
    if (queries > keys)
      throw new RangeError(
        `RelativePositions: ${queries} queries are more than ${keys} keys; the queries are the last positions of the keys`,
      );
    const known = shared(pass, this, () => new Map<string, Bias>());
    const name = `${queries}, ${keys}`;
    const bias = known.get(name) ?? this.#bias(queries, keys);
    known.set(name, bias);
    return bias;
  }

  #bias(queries: number, keys: number): Bias {
    const heads = this.weight.shape[1]!;
    if (queries === 0 || keys === 0) return zeros([1, heads, queries, keys]);
    const bucketOf = buckets(keys, { count: this.buckets, ...this });
    const rows = Array.from({ length: queries }, (_, query) => {
      const position = keys - queries + query;
      return Array.from({ length: keys }, (_, key) => bucketOf(key - position));
    });
    const perPair = embedding(rows, this.weight); // [queries, keys, heads]
    return reshape(permute(perPair, [2, 0, 1]), [1, heads, queries, keys]);
  }
}

/** The bias of every score. */
type Bias = Tensor<readonly [batch: number, heads: number, query: number, key: number]>;

/** The bucket of a key by its distance after the query, for texts up to a length. */
function buckets(
  length: number,
  { count, maxDistance, causal }: { count: number; maxDistance: number; causal: boolean },
): (distance: number) => number {
  const ofOneSide = causal ? count : count >> 1;
  const exact = ofOneSide >> 1;
  // The reference computes in float32, which decides the bucket where the logarithm is close to a whole number.
  const { fround } = Math;
  const logarithm = (ratio: number) => fround(Math.log(fround(ratio)));
  const widest = logarithm(maxDistance / exact);
  const side = Array.from({ length }, (_, distance) => {
    if (distance < exact) return distance;
    if (distance >= maxDistance) return ofOneSide - 1;
    const share = fround(fround(logarithm(distance / exact) / widest) * (ofOneSide - exact));
    return Math.min(exact + Math.floor(share), ofOneSide - 1);
  });
  return (distance) => {
    if (distance <= 0) return side[-distance]!;
    return causal ? 0 : ofOneSide + side[distance]!;
  };
}
