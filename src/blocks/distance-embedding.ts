import { type Checks, checkOptions, wholeIn } from "../checks";
import { embedding, type Initial, initials, Parameter, type Tensor } from "../tensor";
import { epsilon, initial, size } from "./checks";
import { Module } from "./module";
import { LayerNorm } from "./norm";
import { checkPass, type Pass, shared } from "./pass";

/** The sizes of a `DistanceEmbedding`. */
export interface DistanceEmbeddingConfig {
  dModel: number;
  /** Distances from −span to span − 1 have a vector each, and longer ones that of the end. */
  span: number;
  /** Distances above span / 2 share vectors by their logarithm, those from here on the last one; no sharing if omitted. */
  maxDistance?: number | undefined;
  /** The epsilon of a LayerNorm of the vectors; no norm if omitted. */
  epsilon?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<DistanceEmbeddingConfig> = {
  dModel: size,
  span: /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 31 }),
  maxDistance: /* @__PURE__ */ wholeIn({ least: 2, most: 2 ** 32 }),
  epsilon,
  initial,
};

/**
 * A vector for each distance i − j of a query i and a key j. The layers of a model share one.
 *
 * @see He et al. 2020, DeBERTa (arXiv 2006.03654), section 3.1; He et al. 2021 (arXiv 2111.09543) for logarithmic distances
 */
export class DistanceEmbedding extends Module {
  /** [2 · span, dModel], of distance −span first. */
  readonly weight: Parameter;
  readonly norm: LayerNorm | undefined;
  readonly maxDistance: number | undefined;

  constructor(config: DistanceEmbeddingConfig) {
    super();
    checkOptions("DistanceEmbedding", config, checks, ["dModel", "span"]);
    const { dModel, span, maxDistance, epsilon, initial = initials.normal(0.02) } = config;
    if (maxDistance !== undefined && span < 2)
      throw new RangeError("DistanceEmbedding: maxDistance needs a span of 2 or more");
    this.weight = new Parameter([2 * span, dModel], initial);
    this.norm = epsilon === undefined ? undefined : new LayerNorm({ dModel, epsilon });
    this.maxDistance = maxDistance;
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** The vectors of distances −length … length − 1: [2 · length, dModel]. */
  forward(length: number, pass: Pass = {}): Tensor<readonly [distances: number, dModel: number]> {
    lengthCheck("DistanceEmbedding", "length", length);
    checkPass("DistanceEmbedding", pass);
    return shared(pass, this, () => {
      const rows = embedding(
        Array.from({ length: 2 * length }, (_, i) => this.#row(i - length)),
        this.weight,
      );
      return this.norm ? this.norm.forward(rows, pass) : rows;
    });
  }

  #row(distance: number): number {
    const span = this.weight.shape[0]! / 2;
    const place = this.maxDistance === undefined ? distance : bucket(distance, span, this.maxDistance);
    return Math.min(Math.max(place + span, 0), 2 * span - 1);
  }
}

const lengthCheck = /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 24 });

/** Distances up to half of the span count as they are, and the others by their logarithm. */
function bucket(distance: number, span: number, maxDistance: number): number {
  const middle = Math.floor(span / 2);
  const length = Math.abs(distance);
  if (length <= middle) return distance;
  // The reference computes in float32, which decides where the logarithm is close to a whole number.
  const { fround } = Math;
  const logarithm = (ratio: number) => fround(Math.log(fround(ratio)));
  const share = fround(logarithm(length / middle) / logarithm((maxDistance - 1) / middle));
  const place = Math.ceil(fround(share * (middle - 1))) + middle;
  // A text longer than a maxDistance of about half of the span: the logarithm grows without end.
  return Math.sign(distance) * (Number.isFinite(place) ? place : span);
}
