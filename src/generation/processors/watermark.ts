import { checkOptions } from "../../checks";
import type { WatermarkOptions } from "../options";
import type { Processor } from "../processor";
import { bestIds } from "./best";
import { watermarkChecks } from "./checks";
import { type Greens, greensOf } from "./greens";
import { changed, float32 } from "./scores";

/** How many of the best tokens are tried with seeding "self", as in the reference. */
const TRIED = 40;

/**
 * A watermark: adds a bias to the scores of "green" tokens, a share of the vocabulary that depends on the tokens before
 * (seeding "left") or on those and the token itself (seeding "self"; of the 40 best tokens). The green tokens are those
 * of transformers on a CPU, bit for bit, so that its detector finds the watermark and `detectWatermark` finds its.
 *
 * @throws TypeError or RangeError for options that are unknown or out of range
 * @see Kirchenbauer et al. 2023, A Watermark for Large Language Models (arXiv 2301.10226), algorithm 2; Kirchenbauer et
 * al. 2023, On the Reliability of Watermarks (arXiv 2306.04634), algorithm 3
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [7], source: [7], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = processors.watermark({ greenShare: 0.25, bias: 3 })(new Float32Array(20), context);
 * scores.filter((score) => score === 3).length; // 5
 * ```
 */
export function watermark(options: WatermarkOptions = {}): Processor {
  checkOptions("watermark", options, watermarkChecks);
  const { bias = 2, seeding = "left", width = 1 } = options;
  const greens = greensOf(options);
  return (scores, { ids }) => {
    if (ids.length < width) return scores;
    const green = seeding === "self" ? greenAmongBest(greens, scores, ids) : greens(ids, scores.length);
    return changed(scores, green, (score) => score + float32(bias));
  };
}

function greenAmongBest(greens: Greens, scores: Float32Array, ids: readonly number[]): number[] {
  return bestIds(scores, TRIED).filter((id) => greens([...ids, id], scores.length).includes(id));
}
