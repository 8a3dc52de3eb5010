import { checkOptions, wholeIn } from "../../checks";
import type { WatermarkOptions } from "../options";
import { tokens as tokensCheck, watermarkChecks } from "./checks";
import { greensOf } from "./greens";

/** Far above any vocabulary, and far below what does not fit into memory. */
const size = wholeIn({ least: 1, most: 2 ** 24 });

/** What `detectWatermark` found. */
export interface WatermarkFinding {
  /** The number of tokens that were looked at, and of those that are green. */
  scored: number;
  green: number;
  /** How many standard deviations more green tokens there are than by chance; above 4 is no accident. */
  zScore: number;
}

/**
 * Looks for the watermark of these options: z = (green − γ · scored) / √(scored · γ · (1 − γ)), where γ is `greenShare`.
 * Leave out the prompt and a token that starts every text: they were not chosen.
 *
 * @throws TypeError or RangeError for wrong arguments; RangeError if there are too few ids
 * @see Kirchenbauer et al. 2023 (arXiv 2301.10226), section 3, equation 3
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * processors.detectWatermark([1, 2, 3, 4, 5], { vocabSize: 20 }).scored; // 4
 * ```
 */
export function detectWatermark(
  ids: readonly number[],
  options: WatermarkOptions & { readonly vocabSize: number },
): WatermarkFinding {
  tokensCheck("detectWatermark", "ids", ids);
  checkOptions("detectWatermark", options, { ...watermarkChecks, vocabSize: size }, ["vocabSize"]);
  const { vocabSize, greenShare = 0.25, seeding = "left", width = 1 } = options;
  const greens = greensOf(options);
  const first = seeding === "self" ? width - 1 : width;
  const scored = ids.length - first;
  if (scored < 1) throw new RangeError(`detectWatermark: ids has ${ids.length} tokens; it needs at least ${first + 1}`);
  const isGreen = (id: number, at: number) =>
    greens(ids.slice(0, seeding === "self" ? at + 1 : at), vocabSize).includes(id);
  const green = ids.filter((id, at) => at >= first && isGreen(id, at)).length;
  const zScore = (green - greenShare * scored) / Math.sqrt(scored * greenShare * (1 - greenShare));
  return { scored, green, zScore };
}
